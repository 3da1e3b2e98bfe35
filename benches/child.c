/* A program that does as little as a program can: no C library, no loader, a page or two of memory. What a supervisor
 * takes for it is what the supervisor takes.
 *
 *   child                          writes pid and time to the pipe `mark` of its directory, then waits for ever
 *   child mark PIPE                the same with that pipe
 *   child once PIPE                the same, and exits instead of waiting
 *   child write SIZE COUNT PIPE    when a byte comes from PIPE: writes COUNT numbered records of SIZE bytes, exits
 *   child full SIZE COUNT PIPE     the same after enlarging its standard output to a mebibyte
 *   child count SIZE PIPE FILE     the same without an end, keeping in FILE how many records were written
 *   child emit COUNT PIPE          the same with COUNT messages to event listeners
 *   child listen COUNT PIPE        is an event listener; marks the first event and the COUNTth
 */

typedef long word;
typedef unsigned long size;

#define DOTS "..............................................."
#define FILLING DOTS DOTS DOTS DOTS

enum { RECORD_BYTES_MAX = 1 << 16, DIGITS = 12, MEBIBYTE = 1 << 20 };
enum { READ_ONLY = 0, WRITE_ONLY = 1, READ_WRITE = 2, CREATE = 0100, CURRENT_DIRECTORY = -100, SET_PIPE_SIZE = 1031 };

#if defined(__x86_64__)
enum { READ = 0, WRITE = 1, PAUSE_OR_POLL = 34, GETPID = 39, FCNTL = 72, EXIT = 231, CLOCK = 228, OPENAT = 257, PWRITE = 18 };

static word call(word number, word a, word b, word c, word d) {
    word result;
    register word r10 __asm__("r10") = d;
    __asm__ volatile("syscall" : "=a"(result) : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10) : "rcx", "r11", "memory");
    return result;
}

static void wait_for_ever(void) {
    for (;;) call(PAUSE_OR_POLL, 0, 0, 0, 0);
}

__asm__(".globl _start\n_start:\n mov %rsp, %rdi\n and $-16, %rsp\n call begin\n");
#elif defined(__aarch64__)
enum { READ = 63, WRITE = 64, PAUSE_OR_POLL = 73, GETPID = 172, FCNTL = 25, EXIT = 94, CLOCK = 113, OPENAT = 56, PWRITE = 68 };

static word call(word number, word a, word b, word c, word d) {
    register word x8 __asm__("x8") = number;
    register word x0 __asm__("x0") = a;
    register word x1 __asm__("x1") = b;
    register word x2 __asm__("x2") = c;
    register word x3 __asm__("x3") = d;
    register word x4 __asm__("x4") = 0;
    __asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4) : "memory");
    return x0;
}

static void wait_for_ever(void) {
    for (;;) call(PAUSE_OR_POLL, 0, 0, 0, 0);
}

__asm__(".globl _start\n_start:\n mov x0, sp\n bl begin\n");
#else
#error "no system calls for this processor yet"
#endif

static char record[RECORD_BYTES_MAX];

static void leave(word status) {
    call(EXIT, status, 0, 0, 0);
}

static word number(const char *text) {
    word value = 0;
    while (*text) value = value * 10 + (*text++ - '0');
    return value;
}

static word open(const char *path, word how) {
    return call(OPENAT, CURRENT_DIRECTORY, (word)path, how, 0600);
}

/* Pid and monotonic nanoseconds, in one write that nobody else's can tear. */
static void mark(word pipe) {
    struct { word seconds, nanoseconds; } now;
    struct { word pid; word nanoseconds; } line;
    call(CLOCK, 1, (word)&now, 0, 0);
    line.pid = call(GETPID, 0, 0, 0, 0);
    line.nanoseconds = now.seconds * 1000000000 + now.nanoseconds;
    call(WRITE, pipe, (word)&line, sizeof line, 0);
}

static void write_all(word file, const char *bytes, word count) {
    while (count > 0) {
        word written = call(WRITE, file, (word)bytes, count, 0);
        if (written <= 0) leave(3);
        bytes += written;
        count -= written;
    }
}

/* The number at the beginning of the record goes up by one. */
static void count_up(char *digits) {
    int at = DIGITS - 1;
    while (at >= 0 && digits[at] == '9') digits[at--] = '0';
    if (at >= 0) digits[at]++;
}

static void wait_for_byte(const char *path) {
    char byte;
    word pipe = open(path, READ_ONLY);
    if (call(READ, pipe, (word)&byte, 1, 0) != 1) leave(4);
}

static void prepare_record(word bytes) {
    for (word at = 0; at < bytes; at++) record[at] = at < DIGITS ? '0' : 'a' + at % 26;
    record[bytes - 1] = '\n';
}

static void write_records(word bytes, word count, word progress) {
    prepare_record(bytes);
    for (word done = 1; count == 0 || done <= count; done++) {
        write_all(1, record, bytes);
        count_up(record);
        if (progress >= 0) call(PWRITE, progress, (word)&done, sizeof done, 0);
    }
}

static void emit(word count) {
    /* Long enough for Supervisor 4.3.0, which fails where one read brings it a thousand messages. */
    static char message[] = "<!--XSUPERVISOR:BEGIN-->000000000000" FILLING "<!--XSUPERVISOR:END-->";
    for (word done = 0; done < count; done++) {
        write_all(1, message, sizeof message - 1);
        count_up(message + 24);
    }
}

/* The number after `name` in the header of an event. */
static word field(const char *header, word length, const char *name) {
    for (word at = 0; at < length; at++) {
        word same = 0;
        while (name[same] && at + same < length && header[at + same] == name[same]) same++;
        if (!name[same]) {
            word value = 0;
            for (at += same; at < length && header[at] >= '0' && header[at] <= '9'; at++)
                value = value * 10 + (header[at] - '0');
            return value;
        }
    }
    return -1;
}

static void listen(word count, word pipe) {
    static const char answer[] = "RESULT 2\nOKREADY\n";
    write_all(1, "READY\n", 6);
    for (word events = 1;; events++) {
        word have = call(READ, 0, (word)record, sizeof record, 0), header = 0;
        while (header < have && record[header] != '\n') header++;
        if (have <= 0) leave(5);
        word missing = header + 1 + field(record, header, " len:") - have;
        while (missing > 0) {
            have = call(READ, 0, (word)record, missing < RECORD_BYTES_MAX ? missing : RECORD_BYTES_MAX, 0);
            if (have <= 0) leave(5);
            missing -= have;
        }
        if (events == 1 || events == count) mark(pipe);
        write_all(1, answer, sizeof answer - 1);
    }
}

__attribute__((used)) static void begin(word *stack) {
    word count = stack[0];
    char **argv = (char **)(stack + 1);
    char kind = count > 1 ? argv[1][0] : 'm';
    char end = count > 1 ? argv[1][1] : 'a';
    if (kind == 'w') {
        wait_for_byte(argv[4]);
        write_records(number(argv[2]), number(argv[3]), -1);
    } else if (kind == 'f') {
        call(FCNTL, 1, SET_PIPE_SIZE, MEBIBYTE, 0);
        wait_for_byte(argv[4]);
        write_records(number(argv[2]), number(argv[3]), -1);
    } else if (kind == 'c') {
        word progress = open(argv[4], READ_WRITE | CREATE);
        wait_for_byte(argv[3]);
        write_records(number(argv[2]), 0, progress);
    } else if (kind == 'e') {
        wait_for_byte(argv[3]);
        emit(number(argv[2]));
        wait_for_ever();
    } else if (kind == 'l') {
        listen(number(argv[2]), open(argv[3], WRITE_ONLY));
    } else {
        mark(open(count > 2 ? argv[2] : "mark", WRITE_ONLY));
        if (kind == 'o') leave(0);
        (void)end;
        wait_for_ever();
    }
    leave(0);
}

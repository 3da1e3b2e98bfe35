"""An event listener: writes a line to a file for each process that has ended.

Standard output is for the supervisor alone; complaints go to standard error, which the supervisor logs.
"""

import sys


def words(text):
    return dict(word.split(":", 1) for word in text.split() if ":" in word)


def main(path):
    while True:
        sys.stdout.write("READY\n")
        sys.stdout.flush()
        line = sys.stdin.readline()
        if not line:
            return
        header = words(line)
        # The supervisor counts characters, and so does Python when it reads text.
        payload = words(sys.stdin.read(int(header["len"])))
        try:
            with open(path, "a") as record:
                record.write(f"{header['eventname']} {payload['processname']} expected:{payload['expected']}\n")
            answer = "OK"
        except OSError as error:
            print(error, file=sys.stderr)
            # The supervisor will send the event again.
            answer = "FAIL"
        sys.stdout.write(f"RESULT {len(answer)}\n{answer}")
        sys.stdout.flush()


main(sys.argv[1])

# An event listener: writes a line to a file for each process that has ended.
#
# Standard output is for the supervisor alone; complaints go to standard error, which the supervisor logs.

# The value of a `key:value` word: value KEY WORD...
value() {
    key=$1
    shift
    for word; do
        case $word in "$key":*) echo "${word#*:}" ;; esac
    done
}

while echo READY && read -r header; do
    # The words are wanted one by one, so nothing is quoted here. Names with characters beyond ASCII are for listeners
    # that read text: head counts bytes.
    payload=$(head -c "$(value len $header)")
    if echo "$(value eventname $header) $(value processname $payload) expected:$(value expected $payload)" >>"$1"; then
        printf 'RESULT 2\nOK'
    else
        # The supervisor will send the event again.
        printf 'RESULT 4\nFAIL'
    fi
done

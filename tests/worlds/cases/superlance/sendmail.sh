# A stand-in for sendmail: keeps each mail in a file of its own.
cat >run/incoming
mv run/incoming "run/mail-$$"

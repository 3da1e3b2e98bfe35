# Everything that a log may have in it.
printf '<script>document.title = "taken"</script><img src=x onerror="document.title = 1">\n'
printf 'bytes \377\376 and \000 nothing\n'
printf '10%%\r50%%\r100%%\n'
printf '\033[1;31mbold\033[0m \033]0;a title\007plain \033[2J\n'
head -c 30000 /dev/zero | tr '\0' 'x'
printf '\nlast\n'
exec cat

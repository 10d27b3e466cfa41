import xen-recording tests/golden/text.cmd -o "$tmp/1.yaml"; echo $?; ls "$tmp"

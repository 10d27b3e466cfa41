# SPDX-License-Identifier: GPL-2.0-or-later
#
# embed.awk - pages as C: awk -f embed.awk -v folder=DIR NAME.html ...
#
# Each page becomes an array of its lines, html_NAME, which ends with NULL; a
# line "@include FILE" stands for that file.  Lines, since a compiler need not
# take a string of more than 4095 characters.

function quote(line)
{
	gsub(/\\/, "&&", line)
	gsub(/["?]/, "\\\\&", line)
	return "\t\"" line "\\n\","
}

function embed(name,	path, line, status)
{
	path = folder "/" name
	while ((status = (getline line < path)) > 0)
		if (line ~ /^@include /)
			embed(substr(line, 10))
		else
			print quote(line)
	close(path)
	if (status < 0) {
		print path ": cannot be read" > "/dev/stderr"
		exit 1
	}
}

BEGIN {
	print "/* Made by embed.awk. */"
	print "#include \"sim/html.h\""
	for (i = 1; i < ARGC; i++) {
		name = ARGV[i]
		sub(/\.html$/, "", name)
		print "\nconst char *const html_" name "[] = {"
		embed(ARGV[i])
		print "\tNULL,\n};"
	}
}

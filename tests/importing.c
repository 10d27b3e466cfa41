/* SPDX-License-Identifier: GPL-2.0-or-later */
/* importing.c - runs the importer on bytes. */
#include "config.h"

#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/importing.h"
#include "workloads/import_xen.h"

void import_bytes(struct outcome *o, const void *bytes, size_t length)
{
	FILE *in = tmpfile(), *out = open_memstream(&o->text, &o->length);

	ck_assert_ptr_nonnull(in);
	ck_assert_ptr_nonnull(out);
	ck_assert_uint_eq(fwrite(bytes, 1, length, in), length);
	rewind(in);
	memset(&o->diags, 0, sizeof(o->diags));
	o->rc = xen_import(in, "in.txt", out, &o->diags, NULL);
	fclose(in);
	fclose(out);
}

void import_text(struct outcome *o, const char *text)
{
	import_bytes(o, text, strlen(text));
}

char *read_text_of(const char *folder, const char *name, const char *suffix)
{
	const char *top = getenv("top_srcdir");
	char path[500], *text;
	long length;
	FILE *file;

	snprintf(path, sizeof(path), "%s/tests/%s/%s.%s", top ? top : ".",
		 folder, name, suffix);
	file = fopen(path, "r");
	ck_assert_msg(file, "%s: %s", path, strerror(errno));
	ck_assert_int_eq(fseek(file, 0, SEEK_END), 0);
	length = ftell(file);
	rewind(file);
	text = calloc(1, (size_t)length + 1);
	ck_assert_uint_eq(fread(text, 1, (size_t)length, file), length);
	fclose(file);
	return text;
}

char *read_recording(const char *name, const char *suffix)
{
	return read_text_of("recordings", name, suffix);
}

const char *error_of(const struct outcome *o)
{
	static char text[300];
	char *printed = NULL, *place;
	size_t length = 0;
	FILE *to = open_memstream(&printed, &length);

	diag_print(&o->diags, to);
	fclose(to);
	place = strstr(printed, "in.txt:");
	snprintf(text, sizeof(text), "%s", place ? place + 7 : printed);
	text[strcspn(text, "\n")] = 0;
	free(printed);
	return text;
}

const char *difference(const char *got, const char *want)
{
	static char text[400];
	size_t line = 1, same = 0;

	for (size_t i = 0; got[i] == want[i]; i++) {
		if (!got[i])
			return NULL;
		if (got[i] == '\n') {
			line++;
			same = i + 1;
		}
	}
	snprintf(text, sizeof(text), "line %zu: got '%.150s', want '%.150s'",
		 line, got + same, want + same);
	return text;
}

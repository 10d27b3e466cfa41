/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * table.c - aligned columns of text, with colour, and running text.
 */
#include "config.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "sim/cmd.h"
#include "sim/table.h"

#define GAP 2	 /* spaces between columns */
#define WIDTH 75 /* of running text */
#define BLOCK 64

static const char *const escapes[] = {
	[PAINT_NONE] = "",	  [PAINT_BOLD] = "\033[1m",
	[PAINT_DIM] = "\033[2m",  [PAINT_GOOD] = "\033[32m",
	[PAINT_BAD] = "\033[31m",
};

void paint_text(FILE *to, bool color, enum paint paint, int width,
		const char *text)
{
	int length = (int)strlen(text);
	int pad = abs(width) > length ? abs(width) - length : 0;
	bool painted = color && paint != PAINT_NONE && length > 0;

	fprintf(to, "%*s%s%s%s%*s", width > 0 ? pad : 0, "",
		painted ? escapes[paint] : "", text, painted ? "\033[0m" : "",
		width < 0 ? pad : 0, "");
}

/* How much of a line of @text goes into @room bytes, whole words if
 * possible. */
static size_t fitting(const char *text, size_t room)
{
	size_t length = strcspn(text, "\n");

	if (length <= room)
		return length;
	for (length = room; length && text[length] != ' '; length--)
		;
	return length ? length : strcspn(text, " \n");
}

void wrap_text(FILE *to, const char *lead, const char *indent, const char *text)
{
	size_t length;

	while (*text) {
		length = fitting(text, WIDTH - strlen(lead));
		fprintf(to, "%s%.*s\n", lead, (int)length, text);
		text += length + strspn(text + length, " ");
		lead = indent;
		if (*text != '\n')
			continue;
		text += strspn(text, "\n");
		fputs(*text ? "\n" : "", to);
	}
}

static void out_of_memory(void)
{
	fprintf(stderr, "tlbsim: out of memory\n");
	exit(STATUS_IO);
}

static void add(struct table *table, enum paint paint, const char *text)
{
	size_t room = (table->count / BLOCK + 1) * BLOCK;

	if (table->count % BLOCK == 0)
		table->cell = realloc(table->cell, room * sizeof(*table->cell));
	if (!table->cell)
		out_of_memory();
	table->cell[table->count].paint = paint;
	table->cell[table->count].text = strdup(text);
	if (!table->cell[table->count++].text)
		out_of_memory();
}

void table_add(struct table *table, enum paint paint, const char *format, ...)
{
	va_list args;
	char *text;
	int rc;

	va_start(args, format);
	rc = vasprintf(&text, format, args);
	va_end(args);
	if (rc < 0)
		out_of_memory();
	add(table, paint, text);
	free(text);
}

void table_add_count(struct table *table, enum paint paint, uint64_t count)
{
	char digits[24], text[32];
	int length = snprintf(digits, sizeof(digits), "%" PRIu64, count);
	char *to = text;

	for (int i = 0; i < length; i++) {
		if (i > 0 && (length - i) % 3 == 0)
			*to++ = ',';
		*to++ = digits[i];
	}
	*to = '\0';
	add(table, paint, text);
}

void table_add_percent(struct table *table, enum paint paint, double percent)
{
	if (percent > 0 && percent < 0.1)
		percent = 0.1;
	if (percent < 100 && percent > 99.9)
		percent = 99.9;
	table_add(table, paint, "%.1f%%", percent);
}

void table_end_row(struct table *table)
{
	do
		add(table, PAINT_NONE, "");
	while (table->count % table->columns != 0);
}

static int column_width(const struct table *table, size_t column)
{
	size_t width = 0, length;

	for (size_t i = column; i < table->count; i += table->columns) {
		length = strlen(table->cell[i].text);
		if (length > width)
			width = length;
	}
	return (int)width;
}

/* Cells up to the last that is not empty: no blanks at the end of a line. */
static size_t used_columns(const struct table *table, size_t row)
{
	size_t used = table->columns;

	while (used && !table->cell[row * table->columns + used - 1].text[0])
		used--;
	return used;
}

static void print_row(const struct table *table, size_t row, const int *width,
		      FILE *to, bool color)
{
	size_t used = used_columns(table, row);
	const struct cell *cell = &table->cell[row * table->columns];
	int w;

	for (size_t i = 0; i < used; i++) {
		w = i < table->left ? -width[i] : width[i];
		/* The last cell of a line needs no blanks after it. */
		if (i + 1 == used && w < 0)
			w = 0;
		paint_text(to, color, cell[i].paint, w, cell[i].text);
		if (i + 1 < used)
			fprintf(to, "%*s", GAP, "");
	}
	fputc('\n', to);
}

void table_print(const struct table *table, FILE *to, bool color)
{
	int *width = calloc(table->columns, sizeof(*width));

	if (!width)
		out_of_memory();
	for (size_t i = 0; i < table->columns; i++)
		width[i] = column_width(table, i);
	for (size_t row = 0; row * table->columns < table->count; row++)
		print_row(table, row, width, to, color);
	free(width);
}

void table_free(struct table *table)
{
	for (size_t i = 0; i < table->count; i++)
		free(table->cell[i].text);
	free(table->cell);
	table->cell = NULL;
	table->count = 0;
}

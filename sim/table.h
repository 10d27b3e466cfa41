/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * table.h - aligned columns of text, with colour, and running text.
 */
#ifndef SIM_TABLE_H
#define SIM_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum paint { PAINT_NONE, PAINT_BOLD, PAINT_DIM, PAINT_GOOD, PAINT_BAD };

/* @text in @paint if @color, padded to @width: to the left when it is
 * negative, as printf's. */
void paint_text(FILE *to, bool color, enum paint paint, int width,
		const char *text);

/* Lines of running text: @lead before the first, @indent, as wide, before the
 * others.  A line feed in @text ends a paragraph; an empty line follows if
 * there is another. */
void wrap_text(FILE *to, const char *lead, const char *indent,
	       const char *text);

struct cell {
	char *text;
	enum paint paint;
};

/* Rows of @columns cells; the first @left columns are aligned left. */
struct table {
	size_t columns, left;
	size_t count;			/* cells so far */
	struct cell *cell;
};

/* Add a cell; rows follow one another.  Leaves with STATUS_IO when there is
 * no memory. */
void table_add(struct table *table, enum paint paint, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* "1,234,567" */
void table_add_count(struct table *table, enum paint paint, uint64_t count);
/* "65.1%"; only what is all or nothing reads 100.0% or 0.0%. */
void table_add_percent(struct table *table, enum paint paint, double percent);
/* Fill up the row with empty cells; a whole empty row is a blank line. */
void table_end_row(struct table *table);

void table_print(const struct table *table, FILE *to, bool color);
void table_free(struct table *table);

#endif /* SIM_TABLE_H */

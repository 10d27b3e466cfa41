/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * import_xen_table.h - a table from a pair of numbers to a small struct.
 *
 * Grows with what is in it, and forgets what is dropped.
 */
#ifndef WORKLOADS_IMPORT_XEN_TABLE_H
#define WORKLOADS_IMPORT_XEN_TABLE_H

#include <stddef.h>
#include <stdint.h>

struct xen_table {
	size_t value_size;  /* bytes; set before the first use */
	size_t used, slots; /* slots: 0 or a power of two */
	unsigned char *slot;
};

/* What stands under (@a, @b), or NULL.  Good until the next put or drop. */
void *xen_table_get(const struct xen_table *table, uint64_t a, uint64_t b);
/* The same, all zero if it was not there.  NULL: no memory. */
void *xen_table_put(struct xen_table *table, uint64_t a, uint64_t b);
void xen_table_drop(struct xen_table *table, uint64_t a, uint64_t b);
void xen_table_free(struct xen_table *table);

#endif /* WORKLOADS_IMPORT_XEN_TABLE_H */

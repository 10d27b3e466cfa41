/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * abi.h - Xen's public ABI, from the installed headers of libxen-dev.
 *
 * Nothing is retyped: argument structures, GNTTABOP_*, GNTMAP_*, GNTST_*,
 * GTF_* and the table entries are those of <xen/grant_table.h>.  The headers
 * are not self-contained: <stdint.h> must come first, and the interface
 * version must be chosen before (0x00040e00 is the newest that Debian 12's
 * package knows; without one the headers give a pre-3.2 interface).
 */
#ifndef GNTTAB_ABI_H
#define GNTTAB_ABI_H

#include <stddef.h>
#include <stdint.h>

#ifndef __XEN_INTERFACE_VERSION__
#define __XEN_INTERFACE_VERSION__ 0x00040e00
#endif
#include <xen/xen.h>
#include <xen/grant_table.h>

/* The layout that guests were compiled against, x86-64. */
_Static_assert(sizeof(grant_entry_v1_t) == 8, "v1 entry");
_Static_assert(sizeof(grant_entry_v2_t) == 16, "v2 entry");
_Static_assert(sizeof(gnttab_map_grant_ref_t) == 32, "map op");
_Static_assert(offsetof(gnttab_map_grant_ref_t, status) == 18, "map status");
_Static_assert(offsetof(gnttab_map_grant_ref_t, handle) == 20, "map handle");
_Static_assert(sizeof(gnttab_unmap_grant_ref_t) == 24, "unmap op");
_Static_assert(offsetof(gnttab_unmap_grant_ref_t, status) == 20,
	       "unmap status");
_Static_assert(sizeof(gnttab_unmap_and_replace_t) == 24, "replace op");
_Static_assert(sizeof(gnttab_transfer_t) == 24, "transfer op");
_Static_assert(sizeof(gnttab_copy_t) == 40, "copy op");
_Static_assert(offsetof(gnttab_copy_t, status) == 36, "copy status");
_Static_assert(offsetof(grant_entry_v2_t, full_page.frame) == 8, "v2 frame");
_Static_assert(offsetof(grant_entry_v2_t, sub_page.page_off) == 4 &&
		       offsetof(grant_entry_v2_t, sub_page.length) == 6,
	       "v2 sub-page");
_Static_assert(offsetof(grant_entry_v2_t, transitive.trans_domid) == 4 &&
		       offsetof(grant_entry_v2_t, transitive.gref) == 8,
	       "v2 transitive");
_Static_assert(sizeof(grant_status_t) == 2, "v2 status");

#endif /* GNTTAB_ABI_H */

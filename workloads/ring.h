/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ring.h - the block and network rings, from Xen's installed headers.
 *
 * <xen/io/ring.h> wants barriers from its user.  The models use its types
 * and sizes only, and share no page with anybody.
 */
#ifndef WORKLOADS_RING_H
#define WORKLOADS_RING_H

#include <string.h>

#include "gnttab/abi.h"

#define xen_mb() ((void)0)
#define xen_rmb() ((void)0)
#define xen_wmb() ((void)0)
#include <xen/io/blkif.h>
#include <xen/io/netif.h>

#define XEN_PAGE 4096u

/* Entries of a ring; netif has one page for each direction. */
#define BLKIF_RING(pages) __CONST_RING_SIZE(blkif, (pages) * XEN_PAGE)
#define NETIF_TX_RING __CONST_RING_SIZE(netif_tx, XEN_PAGE)
#define NETIF_RX_RING __CONST_RING_SIZE(netif_rx, XEN_PAGE)

/* Segments described by one page of an indirect request. */
#define BLKIF_SEGMENTS_PER_PAGE                                                \
	(XEN_PAGE / sizeof(struct blkif_request_segment))

_Static_assert(sizeof(struct blkif_request) == 112, "block request");
_Static_assert(sizeof(struct blkif_request_segment) == 8, "block segment");
_Static_assert(BLKIF_MAX_SEGMENTS_PER_REQUEST == 11, "direct segments");
_Static_assert(BLKIF_SEGMENTS_PER_PAGE == 512, "indirect segments");
_Static_assert(sizeof(struct netif_tx_request) == 12, "transmit request");
_Static_assert(XEN_NETIF_NR_SLOTS_MIN == 18, "slots of a packet");

#endif /* WORKLOADS_RING_H */

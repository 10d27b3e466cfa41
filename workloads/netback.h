/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * netback.h - a `netback:` block, read: which driver, and its packets; and
 * what becomes of a packet in each version of the driver.
 */
#ifndef WORKLOADS_NETBACK_H
#define WORKLOADS_NETBACK_H

#include "workloads/ring.h"
#include "workloads/script.h"
#include "workloads/work.h"

/* Linux, include/linux/skbuff.h with 4 KiB pages. */
#define MAX_SKB_FRAGS 17
/* Linux, drivers/net/xen-netback: PKT_PROT_LEN, later
 * XEN_NETBACK_TX_COPY_LEN; and packets taken by one poll (NAPI). */
#define COPY_LENGTH 128
#define POLL_BUDGET 64
/* A frame has at least its Ethernet header (ETH_HLEN). */
#define FRAME_MIN 14

#define SLOTS_MAX XEN_NETIF_NR_SLOTS_MIN
/* Of the buffer that a packet to the guest is copied from: up to 17 frags,
 * each in pages, and the linear part. */
#define PIECES_MAX 64

enum net_direction { NET_TX, NET_RX };

struct packet {
	struct arrival arrival;	  /* starts with its poll */
	unsigned direction;	  /* enum net_direction, the guest's */
	bool local;		  /* for the backend's own network stack */
	bool local_given;	  /* in the block */
	unsigned nr_slots; /* 1 .. SLOTS_MAX; received: pieces, PIECES_MAX */
	uint16_t size[PIECES_MAX]; /* bytes, each 0 .. 4096 */
};

/* ---- versions ---------------------------------------------------------- */

/* How the first bytes get into the linear part of the skb. */
enum net_header {
	HEADER_COALESCED,     /* grant copy, and so is all the rest */
	HEADER_MAPPED,	      /* the CPU reads them in the page */
	HEADER_COPIED,	      /* grant copy, of slot 0 only */
	HEADER_COPIED_ACROSS, /* grant copy, of as many slots as
				 it takes */
};

/* When more of them are pulled into it from mapped pages. */
enum net_pull {
	PULL_ALWAYS, /* whenever it has less than 128 */
	PULL_PARSED, /* when a protocol header is longer */
};

struct net_version {
	const char *name;
	enum net_header header;
	enum net_pull pull;
	bool ends_page; /* copies end where the page that they go to does, and
			   empty slots are answered at once */
};
extern const struct net_version net_versions[];
extern const char *const net_version_names[]; /* NULL-terminated */

/* What becomes of a slot that the guest sends. */
struct net_slot {
	uint16_t copied; /* first bytes, by the hypervisor */
	uint16_t read;	 /* first bytes, by the CPU, in the page */
	uint16_t pulled; /* next bytes, likewise */
	bool mapped;
	bool kept; /* mapped after the header was taken */
};

struct net_plan {
	struct net_slot slot[SLOTS_MAX];
	bool flattened; /* too many frags: the CPU copies all
			   that is mapped to local pages */
};

/* @parsed: bytes that protocol parsers need in the linear part. */
void net_plan(struct net_plan *plan, const struct net_version *version,
	      const struct packet *packet, unsigned parsed);

/* ---- the block --------------------------------------------------------- */

/* Slots of a packet, to draw from. */
struct net_shape {
	unsigned nr_slots;
	uint16_t size[PIECES_MAX];
};

/* `generate:` */
struct net_generate {
	struct arrivals arrivals;
	const struct node *gap, *service, *slots, *bytes;
	uint64_t header;
	bool header_given;
	double rx_share;
	struct dist which; /* index in `shape` */
	unsigned nr_shapes;
	struct net_shape shape[DIST_MAX];
};

struct net_config {
	struct ends_keys who;
	struct ends ends;
	unsigned driver; /* index in net_versions */
	bool tap, local_delivery, checksum, bounce;
	uint32_t bridge_id;
	bool bridged;	     /* to ... */
	domid_t bridge;	     /* ... this domain, which has ... */
	uint64_t bridge_memory; /* ... so many frames */
	uint64_t parsed;	    /* see net_plan() */
	uint64_t poll, dealloc;	    /* delays, nanoseconds */
	struct work work;	    /* of `packets:` */
	struct net_generate random; /* of `generate:` */
};

bool net_config_read(struct net_config *config, const struct node *block,
		     const struct trace_header *header, struct diags *diags);
void net_config_fini(struct net_config *config);
/* The next packet in order of arrival: true, or false after the last. */
bool net_config_next(struct net_config *config, struct packet *packet);

#endif /* WORKLOADS_NETBACK_H */

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * import_pcap.c - `tlbsim import pcap`: a packet capture as a trace with
 * `netback:` blocks, the traffic of one guest.
 *
 *   capture -> frame -> from the guest: merged again -> slots   \ packets
 *                    -> to the guest                  -> bytes  / in order
 *                    -> neither: left out
 *
 * A packet of several segments is known when its last one was seen, so that
 * what came after its first is held back.
 *
 * Source: pcap(3PCAP); LINKTYPE_ values as libpcap documents them.
 */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <pcap/pcap.h>
#include <string.h>

#include "workloads/importers.h"
#include "workloads/source.h"
#include "workloads/super_packet.h"
#include "workloads/writer.h"

#define BLOCK_PACKETS 4096
#define HELD_MAX 256
#define MAX_BYTES 65535

struct capture {
	const struct import_job *job;
	const struct capture_options *options;
	struct diags *diags;
	enum link link;
	struct address guest, guest_mac; /* the latter seen with the former */
	struct super_packet packet;	 /* of the guest, not yet complete */
	bool has_packet;
	/* Packets to the guest since. */
	struct held {
		uint64_t at;
		uint32_t bytes;
	} held[HELD_MAX];
	size_t nr_held;
	FILE *body;
	struct writer writer;
	uint64_t number, start, last;
	uint64_t foreign, cut; /* frames of others, too short ones */
	bool any;
};

/* ---- out ------------------------------------------------------------ */

static void begin_item(struct capture *capture)
{
	const struct capture_options *o = capture->options;

	writer_item(&capture->writer);
	if (capture->writer.items > 1)
		return;
	fprintf(capture->body,
		"netback:\n  driver: %s\n  poll: %" PRIu64
		"\n  dealloc: %" PRIu64 "\n",
		net_version_names[o->driver], o->poll, o->dealloc);
	if (o->tap)
		fputs("  tap: true\n", capture->body);
	fputs("  packets:\n", capture->body);
}

/* Time goes forward, whatever the clock of the capture did. */
static void put_time(struct capture *capture, uint64_t at)
{
	if (!capture->any)
		capture->start = capture->last = at;
	if (at < capture->last)
		at = capture->last;
	capture->any = true;
	capture->last = at;
	at -= capture->start;
	fprintf(capture->body, ", at: %" PRIu64 ", done: %" PRIu64 "}\n", at,
		at + capture->options->delay);
}

static void put_sent(struct capture *capture)
{
	uint16_t size[SLOTS_MAX];
	unsigned count;

	count = super_packet_slots(&capture->packet, capture->options, size);
	begin_item(capture);
	fputs("    - {slots: [", capture->body);
	for (unsigned i = 0; i < count; i++)
		fprintf(capture->body, "%s%u", i ? ", " : "", size[i]);
	fputc(']', capture->body);
	put_time(capture, capture->packet.at);
}

static void put_received(struct capture *capture, const struct held *held)
{
	begin_item(capture);
	fprintf(capture->body, "    - {bytes: %" PRIu32 ", direction: rx",
		held->bytes);
	put_time(capture, held->at);
}

/* What is held back is known now. */
static void flush(struct capture *capture)
{
	if (capture->has_packet)
		put_sent(capture);
	capture->has_packet = false;
	for (size_t i = 0; i < capture->nr_held; i++)
		put_received(capture, &capture->held[i]);
	capture->nr_held = 0;
}

/* ---- frames --------------------------------------------------------- */

static void take_sent(struct capture *capture, const struct frame *frame,
		      uint64_t at)
{
	if (capture->has_packet && super_packet_add(&capture->packet, frame, at,
						    capture->options->gap))
		return;
	flush(capture);
	super_packet_start(&capture->packet, frame, at);
	capture->has_packet = true;
	if (!capture->options->merge)
		capture->packet.complete = true;
}

static void take_received(struct capture *capture, const struct frame *frame,
			  uint64_t at)
{
	uint32_t bytes = frame->length < MAX_BYTES ? frame->length : MAX_BYTES;

	if (bytes < FRAME_MIN)
		bytes = FRAME_MIN;
	if (capture->nr_held == HELD_MAX || !capture->has_packet ||
	    capture->packet.complete)
		flush(capture);
	capture->held[capture->nr_held++] = (struct held){ at, bytes };
}

static bool is_group(const struct address *mac)
{
	return mac->length == 6 && mac->byte[0] & 1;
}

/* Of what is not IP, the card tells whose it is. */
static bool is_guest(const struct capture *capture, const struct address *mac,
		     const struct address *ip)
{
	const struct address *guest = &capture->guest;

	if (address_equal(guest, guest->length == 6 ? mac : ip))
		return true;
	return capture->guest_mac.length &&
	       address_equal(&capture->guest_mac, mac);
}

static void take_frame(struct capture *capture, const struct frame *frame,
		       uint64_t at)
{
	/* Who it is about, if that was not said: who speaks first. */
	if (!capture->guest.length)
		capture->guest = frame->mac_from.length ? frame->mac_from
							: frame->from;
	if (address_equal(&capture->guest, &frame->from))
		capture->guest_mac = frame->mac_from;
	if (is_guest(capture, &frame->mac_from, &frame->from))
		take_sent(capture, frame, at);
	else if (is_guest(capture, &frame->mac_to, &frame->to) ||
		 is_group(&frame->mac_to))
		take_received(capture, frame, at);
	else
		capture->foreign++;
}

static void take(struct capture *capture, const struct pcap_pkthdr *header,
		 const u_char *bytes)
{
	struct frame frame;
	/* The handle was asked for nanoseconds. */
	uint64_t at = (uint64_t)header->ts.tv_sec * 1000000000 +
		      (uint64_t)header->ts.tv_usec;

	if (header->ts.tv_sec < 0 || !frame_parse(&frame, capture->link, bytes,
						  header->caplen, header->len))
		capture->cut++;
	else
		take_frame(capture, &frame, at);
}

static int bad(struct capture *capture, const char *what)
{
	diag_error(capture->diags, (struct place){ capture->job->path, 0, 0 },
		   "packet %" PRIu64 ": %s", capture->number + 1, what);
	return -EBADMSG;
}

static int read_packets(struct capture *capture, pcap_t *pcap)
{
	struct pcap_pkthdr *header;
	const u_char *bytes;
	int rc;

	while ((rc = pcap_next_ex(pcap, &header, &bytes)) == 1) {
		take(capture, header, bytes);
		capture->number++;
	}
	flush(capture);
	/* What is wrong with a packed file is said already. */
	if (rc == PCAP_ERROR)
		return capture->diags->count ? -EBADMSG
					     : bad(capture, pcap_geterr(pcap));
	return 0;
}

static bool find_link(struct capture *capture, int type)
{
	switch (type) {
	case DLT_EN10MB:
		capture->link = LINK_ETHERNET;
		return true;
	case DLT_LINUX_SLL:
		capture->link = LINK_COOKED;
		return true;
	case DLT_RAW:
	case DLT_IPV4:
	case DLT_IPV6:
		capture->link = LINK_IP;
		return true;
	}
	return false;
}

/* ---- the file ------------------------------------------------------- */

/* Bytes for libpcap, unpacked; what is wrong is kept for later. */
struct stream {
	struct source *in;
	struct diags *diags;
	int error;
};

static ssize_t read_stream(void *cookie, char *to, size_t room)
{
	struct stream *stream = cookie;
	long n = source_bytes(stream->in, to, room, stream->diags);

	if (n >= 0)
		return n;
	stream->error = (int)n;
	errno = n == -EBADMSG ? EIO : (int)-n;
	return -1;
}

static int read_capture(struct capture *capture, FILE *file)
{
	char error[PCAP_ERRBUF_SIZE] = "";
	pcap_t *pcap = pcap_fopen_offline_with_tstamp_precision(
		file, PCAP_TSTAMP_PRECISION_NANO, error);
	char text[80];
	int rc;

	if (!pcap) {
		fclose(file);
		if (capture->diags->count)
			return -EBADMSG;
		diag_error(capture->diags,
			   (struct place){ capture->job->path, 0, 0 }, "%s",
			   error);
		return -EBADMSG;
	}
	if (find_link(capture, pcap_datalink(pcap))) {
		rc = read_packets(capture, pcap);
	} else {
		snprintf(text, sizeof(text), "link type %d is not known",
			 pcap_datalink(pcap));
		rc = bad(capture, text);
	}
	pcap_close(pcap); /* and @file with it */
	return rc;
}

static int read_source(struct capture *capture, struct source *in)
{
	const cookie_io_functions_t io = { .read = read_stream };
	struct stream stream = { in, capture->diags, 0 };
	FILE *file = fopencookie(&stream, "rb", io);
	int rc;

	if (!file)
		return -errno;
	rc = read_capture(capture, file);
	return stream.error ? stream.error : rc;
}

static int write_out(struct capture *capture, FILE *out)
{
	int rc = writer_end(&capture->writer);

	if (rc < 0)
		return rc;
	if (!capture->any) {
		diag_error(capture->diags,
			   (struct place){ capture->job->path, 0, 0 },
			   "no packet of the guest in it");
		return -EBADMSG;
	}
	writer_head(out, "pcap", "a guest's packets", capture->job);
	fputs("domains:\n"
	      "  - {id: 0, name: dom0, hardware: true, paging: pv, "
	      "memory: 64M}\n"
	      "  - {id: 1, name: guest, paging: pv, memory: 64M}\n"
	      "incomplete:\n"
	      "  - \"where packets lay in the guest's pages, when the card "
	      "was done with them, and what polls took: assumed\"\n",
	      out);
	writer_note(out, capture->foreign, "frames of others: left out");
	writer_note(out, capture->cut,
		    "frames without a whole header: left out");
	return writer_copy(capture->body, out);
}

static bool find_guest(struct capture *capture)
{
	const char *guest = capture->options->guest;
	struct place place = { "-O guest", 0, 0 };

	if (!guest || address_parse(guest, &capture->guest))
		return true;
	diag_error(capture->diags, place,
		   "expected an Ethernet or IP address, found '%s'",
		   diag_quote(guest, strlen(guest)).text);
	return false;
}

static int import(const struct import_job *job, FILE *file, FILE *out,
		  struct diags *diags)
{
	struct capture capture = {
		.job = job,
		.options = job->options,
		.diags = diags,
		.body = tmpfile(),
	};
	struct source *in = source_open(file, job->path);
	int rc = capture.body ? -ENOMEM : -errno;

	capture.writer = writer_start(capture.body, "", BLOCK_PACKETS);
	if (!find_guest(&capture))
		rc = -EBADMSG;
	else if (in && capture.body)
		rc = read_source(&capture, in);
	if (rc == 0)
		rc = write_out(&capture, out);
	if (capture.body)
		fclose(capture.body);
	source_close(in);
	return rc;
}

static const char *const senders[] = {
	[SENDER_HEADER_SLOT] = "linux",
	[SENDER_PACKED] = "windows",
	NULL,
};

/* clang-format off */
#define OPTION(option, kind)                                                  \
	.name = #option, .type = FIELD_##kind,                                \
	.offset = offsetof(struct capture_options, option)
static const struct import_option options[] = {
	{ { OPTION(guest, TEXT) }, NULL,
	  "Ethernet or IP address of the guest (default: the first sender)" },
	{ { OPTION(driver, CHOICE), .names = net_version_names }, "N4b",
	  "version of the driver, see 'tlbsim list drivers'" },
	{ { OPTION(sender, CHOICE), .names = senders }, "linux",
	  "linux: headers in a slot of their own; windows: packed in pages" },
	{ { OPTION(offset, U64), .max = 4095 }, "0",
	  "of the payload in its first page" },
	{ { OPTION(merge, BOOL) }, "true",
	  "put segments of TCP together again that the card cut" },
	{ { OPTION(gap, TIME) }, "1ms", "the most time between them" },
	{ { OPTION(delay, TIME) }, "50us",
	  "from a packet's arrival to its release" },
	{ { OPTION(poll, TIME) }, "0",
	  "from the first packet's arrival to the poll that takes it" },
	{ { OPTION(dealloc, TIME) }, "0",
	  "from the first release to the unmap" },
	{ { OPTION(tap, BOOL) }, "false",
	  "somebody captures packets in the backend, so all are copied" },
	{ .standard = NULL },
};
/* clang-format on */

const struct importer import_pcap = {
	.name = "pcap",
	.text = "a guest's packets from a capture, pcap or pcapng",
	.options = options,
	.size = sizeof(struct capture_options),
	.run = import,
};

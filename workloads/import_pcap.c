/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * import_pcap.c - `tlbsim import pcap`: a packet capture as a trace with
 * `netback:` blocks, the traffic of one guest.
 *
 *   file -> source.c (unpack) -> libpcap -> frame -> guest_packets.c -> items
 *
 * Source: pcap(3PCAP); LINKTYPE_ values as libpcap documents them.
 */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <pcap/pcap.h>
#include <string.h>

#include "workloads/guest_packets.h"
#include "workloads/importers.h"
#include "workloads/source.h"

#define BLOCK_PACKETS 4096

struct capture {
	const struct import_job *job;
	struct diags *diags;
	enum link link;
	struct guest_packets guest;
	uint64_t number; /* of the packet that is read, from 0 */
	uint64_t cut;	 /* too short ones */
};

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
		guest_packets_take(&capture->guest, &frame, at);
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
	guest_packets_flush(&capture->guest);
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
	int rc = writer_end(&capture->guest.writer);

	if (rc < 0)
		return rc;
	if (!capture->guest.any) {
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
	writer_note(out, capture->guest.foreign, "frames of others: left out");
	writer_note(out, capture->cut,
		    "frames without a whole header: left out");
	return writer_copy(capture->guest.body, out);
}

static bool find_guest(struct capture *capture)
{
	const char *guest = capture->guest.options->guest;
	struct place place = { "-O guest", 0, 0 };

	if (!guest || address_parse(guest, &capture->guest.guest))
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
		.diags = diags,
		.guest = { .options = job->options, .body = tmpfile() },
	};
	struct source *in = source_open(file, job->path);
	int rc = capture.guest.body ? -ENOMEM : -errno;

	capture.guest.writer = writer_start(capture.guest.body, "",
					    BLOCK_PACKETS);
	if (!find_guest(&capture))
		rc = -EBADMSG;
	else if (in && capture.guest.body)
		rc = read_source(&capture, in);
	if (rc == 0)
		rc = write_out(&capture, out);
	if (capture.guest.body)
		fclose(capture.guest.body);
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

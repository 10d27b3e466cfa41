/* SPDX-License-Identifier: GPL-2.0-or-later */
/* header_domains.h - the domains of a trace, and which CPU runs which. */
#ifndef SIM_HEADER_DOMAINS_H
#define SIM_HEADER_DOMAINS_H

#include "sim/trace.h"

/* Domains of @list, or dom0 alone if it is NULL, by the limits of the header's
 * era.  What is wrong is added to @diags. */
void header_read_domains(const struct node *list, struct trace_header *header,
			 struct diags *diags);
/* What each of the header's CPUs runs: the first domain, unless @list, which may
 * be NULL, says otherwise. */
void header_read_schedule(const struct node *list, struct trace_header *header,
			  struct diags *diags);

#endif /* SIM_HEADER_DOMAINS_H */

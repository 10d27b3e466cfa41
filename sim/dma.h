/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * dma.h - what devices of a domain with an IOMMU reach.
 */
#ifndef SIM_DMA_H
#define SIM_DMA_H

#include "gnttab/machine.h"

/* The hypercall of @d is over: its IOTLB forgets what it has not yet. */
void dma_settle(struct domain *d);

#endif /* SIM_DMA_H */

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * touch.c - a list of what was touched.
 *
 * Invariant: each thing is in it once.
 */
#include "sim/touch.h"

#include <stddef.h>

static struct touch *find(struct touches *touches, const struct touch *touch)
{
	for (unsigned i = 0; i < touches->count; i++)
		if (touches->touch[i].what == touch->what &&
		    touches->touch[i].id == touch->id)
			return &touches->touch[i];
	return NULL;
}

void touches_add(struct touches *touches, struct touch touch)
{
	struct touch *old = find(touches, &touch);

	if (old && old->how != touch.how)
		old->how = TOUCH_WRITE;
	if (old)
		return;
	if (touches->count == TOUCHES_MAX)
		touches->all = true;
	else
		touches->touch[touches->count++] = touch;
}

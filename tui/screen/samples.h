/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the samples screen is opened with: links that a drafted rule explains.
 */
#ifndef ESPIAL_TUI_SCREEN_SAMPLES_H
#define ESPIAL_TUI_SCREEN_SAMPLES_H

#include "tui/preview.h"

struct samples_opening {
	const GPtrArray *samples; /* of struct preview_sample; copied */
	const char *problems;     /* of the rule, one a line; "" where there are none */
	/* Makes the sample a test of the rule: it must match, with that destination, or must not.
	 * `below` is the screen that opened this one. */
	void (*test)(struct screen *below, const struct preview_sample *sample, bool must_match);
};

#endif

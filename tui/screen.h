/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A screen is a table of operations and a file under tui/screen/. The application keeps a stack of
 * them; the one on top has the keys.
 */
#ifndef ESPIAL_TUI_SCREEN_H
#define ESPIAL_TUI_SCREEN_H

#include "tui/keys.h"
#include "tui/widget/canvas.h"
#include "tui/widget/scroll.h"

struct app;
struct screen;

struct screen_ops {
	const char *name; /* in help and scripts */
	size_t state_size;
	const struct binding *bindings;
	/* Sets up the zeroed state; `argument` is what app_push() was given. On false, with an
	 * error, the screen is not shown; close() is called all the same. */
	bool (*open)(struct screen *screen, const void *argument, GError **error);
	void (*close)(struct screen *screen);
	/* Reads a little more when nothing else is to do; returns whether there is more to read
	 * now. May be NULL. */
	bool (*read)(struct screen *screen);
	void (*draw)(struct screen *screen, const struct canvas *canvas);
	/* What the bar at the top says of it. */
	void (*title)(struct screen *screen, GString *title);
	/* For screens one types into: returns whether the key was used up before the bindings see
	 * it. May be NULL. */
	bool (*key)(struct screen *screen, int key);
	/* What the keys for moving act on; may be NULL, or return NULL. */
	struct scroll *(*scroll)(struct screen *screen);
	/* It is on top again, or the rules or the store changed. May be NULL. */
	void (*refresh)(struct screen *screen);
};

struct screen {
	const struct screen_ops *ops;
	struct app *app;
	void *state;
	struct screen *below;
};

extern const struct screen_ops screen_list; /* argument: the query, const char * */
extern const struct screen_ops
	screen_message; /* argument: const struct message_opening (tui/screen/message.h) */
extern const struct screen_ops
	screen_chain; /* argument: const struct chain_opening (tui/screen/chain.h) */
extern const struct screen_ops
	screen_pager; /* argument: const struct pager_text (tui/screen/pager.h) */
extern const struct screen_ops screen_help; /* argument: the struct screen it is about */
extern const struct screen_ops
	screen_picker; /* argument: const struct picker_spec (tui/screen/picker.h) */
extern const struct screen_ops
	screen_label; /* argument: const struct label_request (tui/screen/label.h) */
extern const struct screen_ops
	screen_campaigns; /* argument: const struct campaigns_opening (tui/screen/campaigns.h) */
extern const struct screen_ops
	screen_volume; /* argument: const struct volume_opening (tui/screen/volume.h) */
extern const struct screen_ops
	screen_report; /* argument: const struct report_opening (tui/screen/report.h) */
extern const struct screen_ops
	screen_samples; /* argument: const struct samples_opening (tui/screen/samples.h) */
extern const struct screen_ops
	screen_history; /* argument: a rule id, const char *, or NULL for all */

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the label screen is opened with: a link and the provider it is said to abuse, or a draft
 * that was kept.
 */
#ifndef ESPIAL_TUI_SCREEN_LABEL_H
#define ESPIAL_TUI_SCREEN_LABEL_H

#include "rules/pending.h"
#include "tui/screen.h"

struct label_request {
	const char *esp;            /* id, which may be new */
	const char *esp_name;       /* as it was typed; for a new one */
	const struct url *url;      /* of the link; NULL with a kept draft */
	const char *message_id;     /* the evidence; may be NULL */
	const char *query;          /* of the list; NULL: all */
	const struct pending *kept; /* NULL: draft one from the URL */
};

#endif

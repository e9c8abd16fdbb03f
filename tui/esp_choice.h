/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Asks which provider is abused, and labels messages with it.
 */
#ifndef ESPIAL_TUI_ESP_CHOICE_H
#define ESPIAL_TUI_ESP_CHOICE_H

#include "tui/app.h"

/* Opens a picker over the known providers, or a new one; `picked` gets the id. */
void esp_choice_ask(
	struct app *app, const char *title, void (*picked)(struct screen *screen, const char *esp));

/* An id out of what was typed for a new provider: `New ESP, Inc.` gives `new-esp-inc`. NULL where
 * nothing is left of it; the caller frees it with g_free(). */
char *esp_choice_id(const char *typed);

/* Tags the messages (of char *, ids) as sent through the provider, and remembers it for undo
 * together with `commit` (NULL: none). Reports what was done in one line, or why not. */
bool esp_label_messages(struct app *app, const char *esp, const GPtrArray *ids, const char *what,
	const char *commit);

#endif

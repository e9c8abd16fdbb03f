/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Asks which provider is abused, and labels messages with it.
 */
#ifndef ESPIAL_TUI_ESP_CHOICE_H
#define ESPIAL_TUI_ESP_CHOICE_H

#include "tui/app.h"

/* Opens a picker over the known providers, or a new one; `picked` gets the id. `likely` (NULL:
 * none) stands first, so that Enter takes it. */
void esp_choice_ask(struct app *app, const char *title, const char *likely,
	void (*picked)(struct screen *screen, const char *esp));

/* An id out of what was typed for a new provider: `New ESP, Inc.` gives `new-esp-inc`. NULL where
 * nothing is left of it; the caller frees it with g_free(). */
char *esp_choice_id(const char *typed);
#define ESP_CHOICE_NO_ID "a provider's id is made from its name: type some Latin letters"

/* Has the messages (of char *, ids) tagged as sent through the provider, and remembers it for undo
 * together with `commit` (NULL: none). Returns false, reported, where the labels cannot be kept
 * until they are written. */
bool esp_label_messages(struct app *app, const char *esp, const GPtrArray *ids, const char *what,
	const char *commit);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One line that is typed: with history, completion and the usual editing keys (Left, Right, Home,
 * End, ^A, ^E, ^U, ^K, ^W).
 */
#ifndef ESPIAL_TUI_WIDGET_PROMPT_H
#define ESPIAL_TUI_WIDGET_PROMPT_H

#include "tui/widget/canvas.h"

struct prompt;

enum prompt_result {
	PROMPT_EDITING,
	PROMPT_DONE,
	PROMPT_CANCELLED,
};

/* Candidates for the word before the cursor: `text` up to the cursor; `start` gets where the word
 * begins. Returns names that replace it, sorted; freed by the prompt with g_strfreev(). NULL where
 * there are none. */
typedef char **(*prompt_complete_fn)(void *user, const char *text, size_t *start);

/* `history`, of char *, oldest first, belongs to the caller and outlives the prompt; NULL: none. A
 * line that is done is added to it. */
struct prompt *prompt_new(const char *label, const char *initial, GPtrArray *history,
	prompt_complete_fn complete, void *user);
void prompt_free(struct prompt *prompt);
enum prompt_result prompt_key(struct prompt *prompt, int key);
/* Lives until the next key. */
const char *prompt_text(const struct prompt *prompt);
/* On line `y` of the canvas, with the candidates above it while completing. */
void prompt_draw(const struct prompt *prompt, const struct canvas *canvas, int y);

#endif

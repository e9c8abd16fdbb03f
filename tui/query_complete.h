/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Completion of a notmuch query: prefixes (notmuch-search-terms(7)), tags, names of saved queries.
 */
#ifndef ESPIAL_TUI_QUERY_COMPLETE_H
#define ESPIAL_TUI_QUERY_COMPLETE_H

#include <stddef.h>

/* A prompt_complete_fn; `user` is the struct app. */
char **query_complete(void *user, const char *text, size_t *start);

#endif

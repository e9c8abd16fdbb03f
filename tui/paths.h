/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where things are: the shipped catalogue, the user's ruleset, drafts and labels that wait.
 */
#ifndef ESPIAL_TUI_PATHS_H
#define ESPIAL_TUI_PATHS_H

/* $ESPIAL_DATADIR/catalogue, else that of the installation, else that beside the source of a
 * program that was not installed. Lives as long as the program. */
const char *paths_catalogue(void);

/* `given` (--ruleset) unless NULL, else $XDG_DATA_HOME/espial/ruleset; the caller frees it with
 * g_free(). */
char *paths_ruleset(const char *given);

/* Under $XDG_DATA_HOME/espial: drafts of rules, labels that are not in the store yet, link indexes.
 * The caller frees them with g_free(). */
char *paths_pending(void);
char *paths_labels(void);
char *paths_index(void);

/* $XDG_STATE_HOME/espial/queries, the history of the query line; the caller frees it with g_free().
 */
char *paths_queries(void);

#endif

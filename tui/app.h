/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The console: a stack of screens, the event loop, and what the screens share.
 */
#ifndef ESPIAL_TUI_APP_H
#define ESPIAL_TUI_APP_H

#include "rules/matcher.h"
#include "rules/repo.h"
#include "tui/indexer.h"
#include "tui/mail/store.h"
#include "tui/screen.h"
#include "tui/settings.h"
#include "tui/undo.h"
#include "tui/widget/prompt.h"
#include "tui/worker.h"

/* What the screens share. Owned by the application; the UI thread only, but for what says
 * otherwise. */
struct app {
	struct settings *settings;
	struct store *store;
	struct repo *repo;
	struct matcher *matcher; /* the rules in use; take a reference to use it in a job */
	struct worker *worker;
	struct index *index; /* a job opens its own, with index_open_again() */
	struct indexer *indexer;
	struct tagger *tagger;
	struct undo *undo;
	GPtrArray *queries;    /* history of the query line, of char * */
	bool defang;           /* URLs are shown defanged */
	struct app_loop *loop; /* tui/app.c only */
};

struct app_options {
	struct store_options store;
	const char *ruleset; /* --ruleset; NULL: $XDG_DATA_HOME/espial/ruleset */
	const char *query;   /* of the first screen; NULL: the setting, or `*` */
	const char *script;  /* --script; NULL: interactive */
};

/* Runs the console until the user quits. Returns the exit code. */
int app_run(const struct app_options *options);

/* The keys of every screen, for help. */
extern const struct binding app_bindings[];

/* The stack. app_push() reports the error where the screen does not open; app_pop() closes the one
 * on top. */
bool app_push(struct app *app, const struct screen_ops *ops, const void *argument);
void app_pop(struct app *app);
void app_quit(struct app *app);
/* Draw again when there is time: after anything that changes what is to be seen. */
void app_changed(struct app *app);

/* The time in seconds since the epoch, for showing dates: a script may say another. */
gint64 app_now(const struct app *app);

/* One line at the bottom, until the next key. The error is freed. */
void app_report(struct app *app, const char *format, ...) G_GNUC_PRINTF(2, 3);
void app_error(struct app *app, GError *error);

/* Asks for a line; `done` gets it, or NULL when cancelled. The arguments are those of prompt_new().
 */
void app_ask(struct app *app, const char *label, const char *initial, GPtrArray *history,
	prompt_complete_fn complete, void (*done)(struct screen *screen, const char *text),
	struct screen *screen);
/* Asks yes or no; `yes` is called on y. The question states what will happen, with numbers. */
void app_confirm(struct app *app, struct screen *screen, void (*yes)(struct screen *screen),
	const char *format, ...) G_GNUC_PRINTF(4, 5);

/* Loads the ruleset again after it changed and tells every screen. Problems are reported in one
 * line. */
bool app_reload_rules(struct app *app, GError **error);
/* Tells every screen that tags changed. */
void app_store_changed(struct app *app);

/* Writes `text` to a file, opens $VISUAL or $EDITOR on it (suffix for syntax colours) and returns
 * what came of it; NULL, with an error, where the editor failed. The caller frees it with g_free().
 */
char *app_edit(struct app *app, const char *text, const char *suffix, GError **error);

/* Directories, which live as long as the application: the shipped catalogue, the ruleset, drafts
 * that wait. */
const char *app_ruleset_dir(struct app *app);
const char *app_pending_dir(struct app *app);

#endif

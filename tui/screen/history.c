/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The history of the ruleset, or of one rule: commits, their patches, reverting.
 */
#include "rules/error.h"
#include "rules/rule.h"
#include "tui/app.h"
#include "tui/screen/pager.h"

#include <time.h>

#define HISTORY_BATCH 200

struct history_state {
	char *rule; /* NULL: all */
	char *path;
	GPtrArray *commits; /* of struct repo_commit */
	bool whole;         /* all were read */
	struct scroll scroll;
};

static struct repo_commit *selected(struct history_state *state)
{
	return state->scroll.at < state->commits->len ? state->commits->pdata[state->scroll.at]
						      : NULL;
}

static bool read_batch(struct screen *screen, GError **error)
{
	struct history_state *state = screen->state;
	g_autoptr(GPtrArray) more =
		repo_log(screen->app->repo, state->path, state->commits->len, HISTORY_BATCH, error);

	if (!more)
		return false;
	state->whole = more->len < HISTORY_BATCH;
	g_ptr_array_extend_and_steal(state->commits, g_steal_pointer(&more));
	state->scroll.count = state->commits->len;
	return true;
}

static bool start(struct screen *screen, GError **error)
{
	struct history_state *state = screen->state;
	GPtrArray *commits = repo_log(screen->app->repo, state->path, 0, HISTORY_BATCH, error);

	if (!commits)
		return false;
	g_clear_pointer(&state->commits, g_ptr_array_unref);
	state->commits = commits;
	state->whole = state->commits->len < HISTORY_BATCH;
	state->scroll.count = state->commits->len;
	return true;
}

static bool history_open(struct screen *screen, const void *argument, GError **error)
{
	struct history_state *state = screen->state;

	state->rule = g_strdup(argument);
	state->path = argument ? rule_path(argument) : NULL;
	return start(screen, error);
}

static void history_close(struct screen *screen)
{
	struct history_state *state = screen->state;

	g_free(state->rule);
	g_free(state->path);
	g_clear_pointer(&state->commits, g_ptr_array_unref);
}

static bool history_read(struct screen *screen)
{
	struct history_state *state = screen->state;
	GError *error = NULL;

	if (state->whole || !scroll_near_end(&state->scroll))
		return false;
	if (!read_batch(screen, &error)) {
		state->whole = true;
		app_error(screen->app, error);
	}
	app_changed(screen->app);
	return !state->whole && scroll_near_end(&state->scroll);
}

static void draw_commit(const struct canvas *line, const struct repo_commit *commit)
{
	time_t when = (time_t)commit->time;
	struct tm day;
	bool wide = line->width >= 100;
	int x = 8, date_width = wide ? 16 : 10, author_width = wide ? 20 : 14;
	char date[24] = "-";

	if (localtime_r(&when, &day))
		strftime(date, sizeof(date), wide ? "%Y-%m-%d %H:%M" : "%Y-%m-%d", &day);
	canvas_fill(line, 0, 0, STYLE_NORMAL);
	canvas_printf(line, 0, 0, 8, STYLE_HUNK, "%.7s", commit->id);
	canvas_text(line, 0, x, date_width, date, STYLE_QUIET);
	x += date_width + 1;
	canvas_text(line, 0, x, author_width, commit->author, STYLE_HEADER);
	x += author_width + 1;
	canvas_text(line, 0, x, line->width - x, commit->subject, STYLE_NORMAL);
}

static void history_draw(struct screen *screen, const struct canvas *canvas)
{
	struct history_state *state = screen->state;

	scroll_fit(&state->scroll, canvas->height);
	for (int y = 0; y < canvas->height && state->scroll.top + (size_t)y < state->commits->len;
		y++) {
		struct canvas line = canvas_rows(canvas, y, 1);

		line.selected = state->scroll.top + (size_t)y == state->scroll.at;
		draw_commit(&line, state->commits->pdata[state->scroll.top + (size_t)y]);
	}
	canvas_cursor(canvas, (int)(state->scroll.at - state->scroll.top), 0);
}

static void history_title(struct screen *screen, GString *title)
{
	struct history_state *state = screen->state;
	g_autofree char *branch = repo_branch(screen->app->repo);

	g_string_append_printf(title, "History of %s — %s, %u%s commit%s",
		state->rule ? state->rule : "the ruleset", branch ? branch : "detached HEAD",
		state->commits->len, state->whole ? "" : "+", state->commits->len == 1 ? "" : "s");
}

static struct scroll *history_scroll(struct screen *screen)
{
	return &((struct history_state *)screen->state)->scroll;
}

static void history_refresh(struct screen *screen)
{
	start(screen, NULL);
}

/* ---- actions ---- */

static void act_diff(struct screen *screen)
{
	const struct repo_commit *commit = selected(screen->state);
	GError *error = NULL;
	char *diff = commit ? repo_diff(screen->app->repo, commit->id, &error) : NULL;

	if (error)
		app_error(screen->app, error);
	if (!diff)
		return;
	g_autofree char *text = g_strdup_printf("commit %s\nAuthor: %s <%s>\n\n%s\n%s", commit->id,
		commit->author, commit->email, commit->message, diff);
	struct pager_text pager = {commit->subject, text, strlen(text), PAGER_PATCH};
	app_push(screen->app, &screen_pager, &pager);
	g_free(diff);
}

/* The value of a trailer of the message, NULL where it has none; the caller frees it with g_free().
 */
static char *trailer(const char *message, const char *name)
{
	g_auto(GStrv) lines = g_strsplit(message, "\n", -1);
	size_t len = strlen(name);

	for (guint i = 0; lines[i]; i++)
		if (strncmp(lines[i], name, len) == 0 && lines[i][len] == ':')
			return g_strstrip(g_strdup(lines[i] + len + 1));
	return NULL;
}

static void act_rule_history(struct screen *screen)
{
	const struct repo_commit *commit = selected(screen->state);
	g_autofree char *rule = commit ? trailer(commit->message, "Rule") : NULL;

	if (rule && rule_id_valid(rule))
		app_push(screen->app, &screen_history, rule);
	else
		app_report(screen->app, "this commit names no rule");
}

static void revert(struct screen *screen)
{
	struct app *app = screen->app;
	const struct repo_commit *commit = selected(screen->state);
	g_autofree char *subject = repo_message_line(commit->subject, 60);
	g_autofree char *message =
		g_strdup_printf("Revert \"%s\"\n\nThis reverts commit %s.\n", subject, commit->id);
	char id[REPO_ID_SIZE];
	GError *error = NULL;

	if (!repo_revert(app->repo, commit->id, message, id, &error) ||
		!app_reload_rules(app, &error) || !start(screen, &error)) {
		app_error(app, error);
		return;
	}
	g_autofree char *what = g_strdup_printf("Revert \"%s\"", subject);
	undo_add(app->undo, what, 0, id);
	app_report(app, "reverted by %.7s; u undoes", id);
}

/* `3 files`, of a commit's patch: reverting the first commit takes all rules away. */
static char *files_text(struct screen *screen, const struct repo_commit *commit)
{
	g_autofree char *patch = repo_diff(screen->app->repo, commit->id, NULL);
	unsigned files = 0;
	bool cut = patch && strlen(patch) + 100 > REPO_DIFF_MAX;

	for (const char *at = patch; at && (at = strstr(at, "diff --git ")); at++)
		files += at == patch || at[-1] == '\n';
	return g_strdup_printf(
		"%s%u file%s", cut ? "more than " : "", files, files == 1 ? "" : "s");
}

static void act_revert(struct screen *screen)
{
	const struct repo_commit *commit = selected(screen->state);
	GError *error = NULL;

	if (!commit)
		return;
	g_autofree char *files = files_text(screen, commit);
	if (repo_ready(screen->app->repo, &error))
		app_confirm(screen->app, screen, revert, "Revert %.7s (%s), %s, by a new commit?",
			commit->id, commit->subject, files);
	else
		app_error(screen->app, error);
}

static const struct binding history_bindings[] = {
	{"Enter d", "patch", "what the commit changed", true, act_diff},
	{"o", "this rule", "the history of the rule that the commit is about", true,
		act_rule_history},
	{"x", "revert", "undo the commit by a new one", true, act_revert},
	{0},
};

const struct screen_ops screen_history = {
	.name = "history",
	.state_size = sizeof(struct history_state),
	.bindings = history_bindings,
	.open = history_open,
	.close = history_close,
	.read = history_read,
	.draw = history_draw,
	.title = history_title,
	.scroll = history_scroll,
	.refresh = history_refresh,
};

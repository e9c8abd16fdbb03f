/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where a link leads, hop by hop, as a small tree: whose tracker, what was decoded how, account and
 * campaign, and at its foot the landing domain.
 */
#include "tui/screen/chain.h"

#include "tui/app.h"
#include "tui/message_view.h"

struct chain_state {
	char *title;
	struct message_view *view;
	struct scroll scroll;
};

static void put(struct chain_state *state, enum style style, const char *before, const char *text)
{
	g_autofree char *line = g_strconcat(before, text, NULL);

	message_view_add_line(state->view, style, line);
}

static void put_url(const struct app *app, struct chain_state *state, enum style style,
	const char *before, const char *href)
{
	g_autofree char *text = app->defang ? url_defang(href) : g_strdup(href);

	put(state, style, before, text);
}

static void put_link(
	const struct app *app, struct chain_state *state, const struct link_entry *entry)
{
	const struct link *link = entry->verdict->link;
	g_autofree char *shown = g_strdup_printf("  %s, shown as: %s", link_kind_name(link->kind),
		*link->text ? link->text : "(nothing)");

	put_url(app, state, STYLE_STRONG, "", url_href(link->url));
	put(state, STYLE_QUIET, "", shown);
	for (unsigned i = 0; i < SIGNAL_COUNT; i++) {
		enum signal signal = (enum signal)(1u << i);
		g_autofree char *line =
			g_strdup_printf("  ! %s: %s", signal_name(signal), signal_meaning(signal));

		if (entry->signals & 1u << i)
			put(state, STYLE_BAD, "", line);
	}
}

/* Account first, then what else the rule pulls out. */
static void put_fields(struct chain_state *state, const struct match *match)
{
	for (guint i = 0; i < match->fields->len; i++) {
		const struct rule_pair *pair = match->fields->pdata[i];
		g_autofree char *line = g_strdup_printf("│     %s: %s", pair->name, pair->value);

		put(state, STYLE_NORMAL, "", line);
	}
}

/* One customer sends from one place or a few; links that were copied go out from anywhere. */
#define MANY_NETWORKS 3

static void put_networks(
	const struct app *app, struct chain_state *state, const struct match *match)
{
	const char *account = match_field(match, "account");
	unsigned networks = account && app->index
				    ? index_account_networks(app->index, match->rule->esp, account)
				    : 0;
	g_autofree char *line = g_strdup_printf(
		"│     ! many-networks: links of this account came from %u networks, none of them "
		"known to be the provider's",
		networks);

	if (networks >= MANY_NETWORKS)
		put(state, STYLE_BAD, "", line);
}

static void put_hop(const struct app *app, struct chain_state *state, const struct hop *hop)
{
	const struct rule *rule = hop->match->rule;
	g_autofree char *how = rule_pipeline_text(rule->decode);
	g_autofree char *head =
		g_strdup_printf("├─ %s  %s", rule->id, rule->summary ? rule->summary : "");

	put(state, theme_esp(rule->esp), "", head);
	put_fields(state, hop->match);
	put_networks(app, state, hop->match);
	if (!hop->match->next)
		return;
	put(state, STYLE_QUIET, "│   decoded: ", how);
	put_url(app, state, STYLE_NORMAL, "│   → ", hop->match->next);
}

static void put_end(const struct app *app, struct chain_state *state, const struct chain *chain)
{
	switch (chain->end) {
	case CHAIN_PLAIN:
		put(state, STYLE_QUIET, "└─ ", "no rule explains it: it leads where it says");
		break;
	case CHAIN_LANDING:
		put(state, STYLE_LANDING, "└─ ", chain->landing_domain);
		put_url(app, state, STYLE_STRONG, "   ", chain->landing);
		break;
	case CHAIN_OPAQUE:
		put(state, STYLE_MARKED, "└─ ",
			"opaque: only the provider's server knows where it leads");
		break;
	case CHAIN_LOOP:
		put(state, STYLE_BAD, "└─ ", "a loop: it comes back to itself");
		break;
	default:
		put(state, STYLE_BAD, "└─ ", "too many hops");
	}
}

/* The answer in short: the rest may be long. */
static char *title_of(const struct chain_opening *opening)
{
	const struct chain *chain = opening->entry->verdict->chain;
	const char *end = chain->landing_domain        ? chain->landing_domain
			  : chain->end == CHAIN_OPAQUE ? "only the provider's server knows"
						       : "no end";

	if (!chain->hops->len)
		return g_strdup_printf("Link %u: no rule explains it", opening->number);
	return g_strdup_printf("Link %u leads to: %s — %u hop%s", opening->number, end,
		chain->hops->len, chain->hops->len == 1 ? "" : "s");
}

static bool chain_open(struct screen *screen, const void *argument, GError **error)
{
	struct chain_state *state = screen->state;
	const struct chain_opening *opening = argument;
	const struct chain *chain = opening->entry->verdict->chain;

	(void)error;
	state->title = title_of(opening);
	state->view = message_view_new();
	state->scroll.pager = true;
	put_link(screen->app, state, opening->entry);
	for (guint i = 0; i < chain->hops->len; i++)
		put_hop(screen->app, state, chain->hops->pdata[i]);
	put_end(screen->app, state, chain);
	return true;
}

static void chain_close(struct screen *screen)
{
	struct chain_state *state = screen->state;

	message_view_free(state->view);
	g_free(state->title);
}

static void chain_draw(struct screen *screen, const struct canvas *canvas)
{
	struct chain_state *state = screen->state;

	state->scroll.count = message_view_wrap(state->view, canvas->width);
	scroll_fit(&state->scroll, canvas->height);
	message_view_draw(state->view, canvas, state->scroll.top, 0);
	canvas_cursor(canvas, 0, 0);
}

static void chain_title(struct screen *screen, GString *title)
{
	g_string_append(title, ((struct chain_state *)screen->state)->title);
}

static struct scroll *chain_scroll(struct screen *screen)
{
	return &((struct chain_state *)screen->state)->scroll;
}

static const struct binding chain_bindings[] = {{0}};

const struct screen_ops screen_chain = {
	.name = "chain",
	.state_size = sizeof(struct chain_state),
	.bindings = chain_bindings,
	.open = chain_open,
	.close = chain_close,
	.draw = chain_draw,
	.title = chain_title,
	.scroll = chain_scroll,
};

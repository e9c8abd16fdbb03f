/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One message: headers, text with its links numbered and highlighted, and beneath it where each
 * link leads.
 */
#include "tui/screen/message.h"

#include "rules/domain.h"
#include "rules/error.h"
#include "rules/unexplained.h"
#include "tui/app.h"
#include "tui/esp_choice.h"
#include "tui/mail/message.h"
#include "tui/mail/origin.h"
#include "tui/mail/verdict.h"
#include "tui/pivot.h"
#include "tui/screen/label.h"
#include "tui/screen/pager.h"

/* A link in the text: a range of the display text. */
struct span_of_link {
	size_t start, end;
	guint verdict;
	bool heading; /* no link, but drawn as a heading (or quote, or addition): see style */
	enum style style;
};

/* Whether a provider's network sent the mail. */
struct network {
	char *esp;
	struct origin_verdict *verdict;
};

/* A line of the display, wrapped. */
struct line {
	guint paragraph;
	struct shown_line cells;
};

struct paragraph {
	size_t offset; /* in the display text */
	struct shown *shown;
	bool header;
};

struct message_state {
	char *id, *query;
	const char *(*step)(struct screen *list, int step);
	struct screen *list;

	struct message *message;
	GPtrArray *verdicts; /* of struct verdict, one a link */
	GArray *listed;      /* of guint: the verdicts in the pane, in order of their numbers */
	GArray *suspect; /* of bool, as `listed`: looks like a tracker, and no rule explains it */
	struct matcher *matcher; /* the verdicts are by these rules */
	size_t at;               /* selected, in listed */
	bool all_headers;
	struct origin *origin;
	GPtrArray *networks; /* of struct network, the providers of the links */
	bool evidence;       /* of the verdicts, shown line by line */

	GString *text;         /* headers and text, with the links' numbers */
	GArray *spans;         /* of struct span_of_link, by start */
	GPtrArray *paragraphs; /* of struct paragraph */
	GArray *lines;         /* of struct line, for `width` */
	int width;
	struct scroll scroll, pane;
	struct pivot *pivot;
};

/* ---- loading ---- */

static void paragraph_free(gpointer data)
{
	struct paragraph *paragraph = data;

	shown_free(paragraph->shown);
	g_free(paragraph);
}

static void network_free(gpointer data)
{
	struct network *network = data;

	g_free(network->esp);
	origin_verdict_free(network->verdict);
	g_free(network);
}

static void drop_message(struct message_state *state)
{
	g_clear_pointer(&state->networks, g_ptr_array_unref);
	g_clear_pointer(&state->origin, origin_free);
	g_clear_pointer(&state->verdicts, g_ptr_array_unref);
	g_clear_pointer(&state->message, message_free);
	g_clear_pointer(&state->matcher, matcher_unref);
	if (state->paragraphs)
		g_ptr_array_set_size(state->paragraphs, 0);
}

static bool is_listed(const struct verdict *verdict)
{
	return link_is_clickable(verdict->link) || verdict->link->kind == LINK_PIXEL ||
	       verdict->chain->hops->len;
}

/* What a reader sees comes first, then what else can be clicked, then what is only fetched. */
static int rank_of(const struct verdict *verdict, const GHashTable *seen, guint index)
{
	if (!link_is_clickable(verdict->link))
		return 2;
	return g_hash_table_contains((GHashTable *)seen, GUINT_TO_POINTER(index)) ? 0 : 1;
}

static GHashTable *links_seen(struct message_state *state)
{
	const struct rendered *rendered = message_text(state->message);
	GHashTable *seen = g_hash_table_new(NULL, NULL);

	for (guint i = 0; i < rendered->marks->len; i++) {
		const struct rendered_mark *mark =
			&g_array_index(rendered->marks, struct rendered_mark, i);

		if (mark->kind == RENDERED_LINK)
			g_hash_table_add(seen, GUINT_TO_POINTER(mark->link));
	}
	return seen;
}

static void number_links(struct message_state *state)
{
	g_autoptr(GHashTable) seen = links_seen(state);

	g_array_set_size(state->listed, 0);
	for (int rank = 0; rank < 3; rank++) {
		for (guint i = 0; i < state->verdicts->len; i++) {
			const struct verdict *verdict = state->verdicts->pdata[i];

			if (is_listed(verdict) && rank_of(verdict, seen, i) == rank)
				g_array_append_val(state->listed, i);
		}
	}
	state->pane.count = state->listed->len;
	state->at = MIN(state->at, state->listed->len ? state->listed->len - 1 : 0);
}

static guint number_of(const struct message_state *state, guint verdict)
{
	for (guint i = 0; i < state->listed->len; i++)
		if (g_array_index(state->listed, guint, i) == verdict)
			return i + 1;
	return 0;
}

/* Where no rule gets any further: that is the URL that needs one. */
static struct url *unexplained_url(const struct verdict *verdict)
{
	const struct chain *chain = verdict->chain;
	const char *href = chain->landing ? chain->landing : url_href(verdict->link->url);

	return url_parse(href, strlen(href), NULL);
}

/* Looking takes time, and a mail can have any number of links. */
#define MAX_SUSPECTS 500

static void find_suspects(struct message_state *state)
{
	g_array_set_size(state->suspect, 0);
	for (guint i = 0; i < state->listed->len; i++) {
		const struct verdict *verdict =
			state->verdicts->pdata[g_array_index(state->listed, guint, i)];
		struct url *url = i < MAX_SUSPECTS ? unexplained_url(verdict) : NULL;
		bool suspect = url && unexplained_signs(url);

		g_array_append_val(state->suspect, suspect);
		url_free(url);
	}
}

static bool is_suspect(const struct message_state *state, size_t listed)
{
	return g_array_index(state->suspect, bool, listed);
}

/* ---- the display text ---- */

static void add_paragraph(struct message_state *state, size_t start, size_t end, bool header)
{
	struct paragraph *paragraph = g_new0(struct paragraph, 1);

	paragraph->offset = start;
	paragraph->header = header;
	paragraph->shown = shown_new((struct span){state->text->str + start, end - start});
	g_ptr_array_add(state->paragraphs, paragraph);
}

static void add_header(struct message_state *state, const char *name, const char *value)
{
	if (value)
		g_string_append_printf(state->text, "%s: %s\n", name, value);
}

static void add_headers(struct message_state *state)
{
	static const char *const names[] = {"From", "Return-Path", "Reply-To", "To", "Subject",
		"Date", "Message-ID", "Authentication-Results"};
	const GPtrArray *headers = message_headers(state->message);

	for (size_t i = 0; !state->all_headers && i < G_N_ELEMENTS(names); i++)
		add_header(state, names[i], message_header(state->message, names[i]));
	for (guint i = 0; state->all_headers && i < headers->len; i++) {
		const struct message_header *header = headers->pdata[i];

		add_header(state, header->name, header->value);
	}
}

/* ---- where it was sent from ---- */

static bool is_judged(const struct message_state *state, const char *esp)
{
	for (guint i = 0; i < state->networks->len; i++)
		if (strcmp(((struct network *)state->networks->pdata[i])->esp, esp) == 0)
			return true;
	return false;
}

/* Only who sends mail has a network to send it from. */
static void judge_network(struct message_state *state, const char *esp_id)
{
	const struct esp *esp = ruleset_find_esp(matcher_ruleset(state->matcher), esp_id);
	struct network *network;

	if (!esp || esp->kind != ESP_ESP || is_judged(state, esp_id))
		return;
	network = g_new0(struct network, 1);
	network->esp = g_strdup(esp_id);
	network->verdict = origin_judge(state->origin, esp);
	g_ptr_array_add(state->networks, network);
}

static void judge_networks(struct screen *screen)
{
	struct message_state *state = screen->state;

	g_clear_pointer(&state->networks, g_ptr_array_unref);
	g_clear_pointer(&state->origin, origin_free);
	state->origin = origin_new(state->message, screen->app->settings->trust);
	state->networks = g_ptr_array_new_with_free_func(network_free);
	for (guint i = 0; i < state->verdicts->len; i++) {
		const struct chain *chain = ((struct verdict *)state->verdicts->pdata[i])->chain;

		for (guint h = 0; h < chain->hops->len; h++)
			judge_network(
				state, ((struct hop *)chain->hops->pdata[h])->match->rule->esp);
	}
}

/* A line in a style of its own. */
static void add_styled(struct message_state *state, enum style style, const char *text)
{
	struct span_of_link span = {.start = state->text->len, .heading = true, .style = style};

	g_string_append(state->text, text);
	span.end = state->text->len;
	g_array_append_val(state->spans, span);
	g_string_append_c(state->text, '\n');
}

static void add_evidence(struct message_state *state, const struct origin_evidence *evidence)
{
	static const char marks[] = {
		[ORIGIN_NEUTRAL] = ' ', [ORIGIN_FOR] = '+', [ORIGIN_AGAINST] = '-'};
	static const enum style styles[] = {[ORIGIN_NEUTRAL] = STYLE_QUIET,
		[ORIGIN_FOR] = STYLE_ADDED,
		[ORIGIN_AGAINST] = STYLE_REMOVED};
	g_autofree char *line = g_strdup_printf("  %c %s: %s%s%s", marks[evidence->weight],
		evidence->what, evidence->value, evidence->note && *evidence->note ? " — " : "",
		evidence->note ? evidence->note : "");

	/* One line each, whatever a header holds. */
	g_strdelimit(line, "\r\n", ' ');
	add_styled(state, styles[evidence->weight], line);
}

static void add_networks(struct message_state *state)
{
	static const enum style styles[] = {
		[ORIGIN_UNKNOWN] = STYLE_QUIET, [ORIGIN_ON] = STYLE_GOOD, [ORIGIN_OFF] = STYLE_BAD};

	for (guint i = 0; i < state->networks->len; i++) {
		const struct network *network = state->networks->pdata[i];
		const struct origin_verdict *verdict = network->verdict;
		g_autofree char *line = g_strdup_printf("%s%s %s: %s",
			verdict->network == ORIGIN_OFF ? "≠ " : "",
			origin_network_name(verdict->network), network->esp, verdict->reason);

		add_styled(state, styles[verdict->network], line);
		for (guint e = 0; state->evidence && e < verdict->evidence->len; e++)
			add_evidence(state, verdict->evidence->pdata[e]);
	}
}

static enum style style_of_link(const struct verdict *verdict)
{
	const char *esp = verdict_esp(verdict);

	if (verdict->signals & (SIGNAL_DECEPTIVE_TEXT | SIGNAL_DANGEROUS_SCHEME))
		return STYLE_DECEPTIVE;
	return esp ? theme_esp(esp) : STYLE_LINK;
}

static void add_span(struct message_state *state, const struct rendered_mark *mark, size_t start)
{
	struct span_of_link span = {
		.start = start, .end = state->text->len, .heading = mark->kind != RENDERED_LINK};

	if (!span.heading && mark->link < state->verdicts->len) {
		span.verdict = mark->link;
		span.style = style_of_link(state->verdicts->pdata[mark->link]);
	} else {
		span.style = mark->kind == RENDERED_HEADING ? STYLE_HEADING
			     : mark->kind == RENDERED_QUOTE ? STYLE_QUOTE
							    : STYLE_QUIET;
	}
	g_array_append_val(state->spans, span);
}

/* The rendered text, each link followed by its number. */
static void add_body(struct message_state *state)
{
	const struct rendered *rendered = message_text(state->message);
	size_t at = 0;

	for (guint i = 0; i < rendered->marks->len; i++) {
		const struct rendered_mark *mark =
			&g_array_index(rendered->marks, struct rendered_mark, i);
		guint number = mark->kind == RENDERED_LINK ? number_of(state, mark->link) : 0;
		size_t start;

		if (mark->start < at || mark->kind == RENDERED_ADDED)
			continue;
		g_string_append_len(
			state->text, rendered->text->str + at, (gssize)(mark->start - at));
		start = state->text->len;
		g_string_append_len(state->text, rendered->text->str + mark->start,
			(gssize)(mark->end - mark->start));
		if (number)
			g_string_append_printf(state->text, "[%u]", number);
		at = mark->end;
		add_span(state, mark, start);
	}
	g_string_append_len(
		state->text, rendered->text->str + at, (gssize)(rendered->text->len - at));
}

static void split_paragraphs(struct message_state *state, size_t body)
{
	size_t start = 0;

	g_ptr_array_set_size(state->paragraphs, 0);
	while (start < state->text->len) {
		const char *newline =
			memchr(state->text->str + start, '\n', state->text->len - start);
		size_t end = newline ? (size_t)(newline - state->text->str) : state->text->len;
		size_t line_end = end > start && state->text->str[end - 1] == '\r' ? end - 1 : end;

		add_paragraph(state, start, line_end, start < body);
		start = end + 1;
	}
}

static void build_text(struct message_state *state)
{
	size_t body;

	g_string_truncate(state->text, 0);
	g_array_set_size(state->spans, 0);
	add_headers(state);
	body = state->text->len;
	add_networks(state);
	g_string_append_c(state->text, '\n');
	if (message_incomplete(state->message))
		g_string_append_printf(state->text, "[%s]\n\n", message_incomplete(state->message));
	add_body(state);
	split_paragraphs(state, body);
	state->width = 0;
}

static void judge(struct screen *screen)
{
	struct message_state *state = screen->state;

	g_clear_pointer(&state->verdicts, g_ptr_array_unref);
	g_clear_pointer(&state->matcher, matcher_unref);
	state->matcher = matcher_ref(screen->app->matcher);
	state->verdicts = verdict_of_links(message_links(state->message), state->matcher);
	number_links(state);
	find_suspects(state);
	judge_networks(screen);
	build_text(state);
}

static bool load(struct screen *screen, const char *id, GError **error)
{
	struct message_state *state = screen->state;
	g_autofree char *path = store_message_file(screen->app->store, id, error);
	struct message *message = path ? message_read(path, error) : NULL;

	if (!message)
		return false;
	drop_message(state);
	g_free(state->id);
	state->id = g_strdup(id);
	state->message = message;
	state->at = 0;
	state->scroll.at = state->scroll.top = 0;
	judge(screen);
	return true;
}

static bool select_suspect(struct message_state *state, size_t from);
static void pivot_picked(struct screen *screen, const char *value);

static bool message_open(struct screen *screen, const void *argument, GError **error)
{
	struct message_state *state = screen->state;
	const struct message_opening *opening = argument;

	state->query = g_strdup(opening->query);
	state->step = opening->step;
	state->list = opening->list;
	state->listed = g_array_new(FALSE, FALSE, sizeof(guint));
	state->suspect = g_array_new(FALSE, FALSE, sizeof(bool));
	state->text = g_string_new(NULL);
	state->spans = g_array_new(FALSE, FALSE, sizeof(struct span_of_link));
	state->paragraphs = g_ptr_array_new_with_free_func(paragraph_free);
	state->lines = g_array_new(FALSE, FALSE, sizeof(struct line));
	state->scroll.pager = true;
	state->pivot = pivot_new(screen, pivot_picked);
	if (!load(screen, opening->id, error))
		return false;
	if (opening->unexplained)
		select_suspect(state, 0);
	return true;
}

static void message_close(struct screen *screen)
{
	struct message_state *state = screen->state;

	drop_message(state);
	pivot_free(state->pivot);
	g_free(state->id);
	g_free(state->query);
	g_array_unref(state->listed);
	g_array_unref(state->suspect);
	g_string_free(state->text, TRUE);
	g_array_unref(state->spans);
	g_ptr_array_unref(state->paragraphs);
	g_array_unref(state->lines);
}

static void message_refresh(struct screen *screen)
{
	struct message_state *state = screen->state;

	if (state->matcher != screen->app->matcher)
		judge(screen);
}

/* ---- drawing: the text ---- */

static void wrap(struct message_state *state, int width)
{
	g_autoptr(GArray) cells = g_array_new(FALSE, FALSE, sizeof(struct shown_line));

	if (state->width == width)
		return;
	state->width = width;
	g_array_set_size(state->lines, 0);
	for (guint i = 0; i < state->paragraphs->len; i++) {
		const struct paragraph *paragraph = state->paragraphs->pdata[i];

		g_array_set_size(cells, 0);
		shown_wrap(paragraph->shown, (unsigned)MAX(width, 2), cells);
		for (guint c = 0; c < cells->len; c++) {
			struct line line = {i, g_array_index(cells, struct shown_line, c)};

			g_array_append_val(state->lines, line);
		}
	}
	state->scroll.count = state->lines->len;
}

/* The first span that ends behind an offset. */
static guint find_span(const struct message_state *state, size_t offset)
{
	guint low = 0, high = state->spans->len;

	while (low < high) {
		guint middle = low + (high - low) / 2;

		if (g_array_index(state->spans, struct span_of_link, middle).end <= offset)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static const struct span_of_link *span_at(const struct message_state *state, size_t offset)
{
	guint i = find_span(state, offset);
	const struct span_of_link *span =
		i < state->spans->len ? &g_array_index(state->spans, struct span_of_link, i) : NULL;

	return span && span->start <= offset ? span : NULL;
}

static bool is_selected(const struct message_state *state, const struct span_of_link *span)
{
	return span && !span->heading && state->at < state->listed->len &&
	       g_array_index(state->listed, guint, state->at) == span->verdict;
}

static enum style header_style(const struct paragraph *paragraph, guint32 cell)
{
	const char *colon = strchr(paragraph->shown->text, ':');

	return colon && paragraph->shown->cells[cell].offset <=
				       (guint32)(colon - paragraph->shown->text)
		       ? STYLE_HEADER
		       : STYLE_NORMAL;
}

static void draw_line(const struct message_state *state, const struct canvas *canvas, int y,
	const struct line *line)
{
	const struct paragraph *paragraph = state->paragraphs->pdata[line->paragraph];
	guint32 end = line->cells.first + line->cells.count;
	int x = 0;

	/* Cells of one look are drawn together. */
	for (guint32 from = line->cells.first, to; from < end; from = to) {
		const struct span_of_link *span =
			span_at(state, paragraph->offset + paragraph->shown->cells[from].source);
		enum style style = span                ? span->style
				   : paragraph->header ? header_style(paragraph, from)
						       : STYLE_NORMAL;
		struct canvas part = *canvas;

		for (to = from + 1; to < end; to++) {
			if (span_at(state,
				    paragraph->offset + paragraph->shown->cells[to].source) != span)
				break;
			if (!span && paragraph->header && header_style(paragraph, to) != style)
				break;
		}
		part.selected = is_selected(state, span);
		x += canvas_cells(
			&part, y, x, canvas->width - x, paragraph->shown, from, to - from, style);
	}
}

/* ---- drawing: the links ---- */

static const char *field(const struct chain *chain, const char *name)
{
	for (guint i = 0; i < chain->hops->len; i++) {
		const char *value = match_field(((struct hop *)chain->hops->pdata[i])->match, name);

		if (value)
			return value;
	}
	return NULL;
}

/* A URL with its registrable domain in the style given. */
static int draw_url(
	const struct app *app, const struct canvas *line, int x, const char *href, enum style loud)
{
	struct url *url = url_parse(href, strlen(href), NULL);
	struct span host = url ? url_host(url) : SPAN_NONE;
	struct span domain = domain_registrable(host);
	g_autofree char *text = app->defang ? url_defang(href) : g_strdup(href);
	int start = x;

	if (!domain.ptr)
		domain = host;
	if (domain.ptr && domain.len && !app->defang) {
		size_t before = (size_t)(domain.ptr - url_href(url));
		g_autofree char *head = g_strndup(href, before);
		g_autofree char *middle = span_dup(domain);

		x += canvas_text(line, 0, x, line->width - x, head, STYLE_NORMAL);
		x += canvas_text(line, 0, x, line->width - x, middle, loud);
		x += canvas_text(
			line, 0, x, line->width - x, href + before + domain.len, STYLE_NORMAL);
	} else {
		x += canvas_text(line, 0, x, line->width - x, text, loud);
	}
	url_free(url);
	return x - start;
}

static int draw_end(
	const struct app *app, const struct canvas *line, int x, const struct verdict *verdict)
{
	const struct chain *chain = verdict->chain;
	int start = x;

	switch (chain->end) {
	case CHAIN_PLAIN:
		return draw_url(app, line, x, url_href(verdict->link->url), STYLE_NORMAL);
	case CHAIN_LANDING:
		x += canvas_printf(line, 0, x, 8, STYLE_NORMAL,
			chain->hops->len > 1 ? "→×%u " : "→ ", chain->hops->len);
		return x - start + draw_url(app, line, x, chain->landing, STYLE_LANDING);
	case CHAIN_OPAQUE:
		x += canvas_text(line, 0, x, line->width - x, "→ opaque ", STYLE_QUIET);
		return x - start +
		       draw_url(app, line, x,
			       ((struct hop *)chain->hops->pdata[chain->hops->len - 1])->url,
			       STYLE_NORMAL);
	default:
		return canvas_text(
			line, 0, x, line->width - x, "→ loop, or too many hops", STYLE_BAD);
	}
}

static void draw_link(const struct app *app, const struct canvas *line, guint number,
	const struct verdict *verdict, bool suspect)
{
	const char *esp = verdict_esp(verdict);
	const char *nobody = suspect ? "no rule?" : "-";
	const char *account = field(verdict->chain, "account"),
		   *campaign = field(verdict->chain, "campaign");
	bool wide = line->width >= 110;
	int x = 0, esp_width = wide ? 18 : 12, who = wide ? 28 : 14;

	canvas_fill(line, 0, 0, STYLE_NORMAL);
	canvas_printf(line, 0, x, 4, STYLE_STRONG, "%3u", number);
	x += 4;
	canvas_text(line, 0, x, 1,
		verdict->signals & (SIGNAL_DECEPTIVE_TEXT | SIGNAL_DANGEROUS_SCHEME) ? "!" : " ",
		STYLE_BAD);
	x += 2;
	canvas_text(line, 0, x, esp_width, esp ? esp : nobody,
		esp       ? theme_esp(esp)
		: suspect ? STYLE_MARKED
			  : STYLE_QUIET);
	x += esp_width + 1;
	canvas_text(line, 0, x, 7, link_kind_name(verdict->link->kind), STYLE_QUIET);
	x += 8;
	if (account || campaign) {
		g_autofree char *both = g_strdup_printf("%s%s%s", account ? account : "",
			campaign ? "/" : "", campaign ? campaign : "");
		canvas_text(line, 0, x, who, both, STYLE_NORMAL);
	}
	x += who + 1;
	draw_end(app, line, x, verdict);
}

static void draw_links(struct screen *screen, const struct canvas *canvas)
{
	struct message_state *state = screen->state;
	struct canvas list = canvas_rows(canvas, 1, canvas->height - 1);

	canvas_rule(canvas, 0, STYLE_QUIET);
	canvas_printf(canvas, 0, 2, canvas->width - 2, STYLE_QUIET, " %u link%s ",
		state->listed->len, state->listed->len == 1 ? "" : "s");
	state->pane.at = state->at;
	scroll_fit(&state->pane, list.height);
	for (int y = 0; y < list.height && state->pane.top + (size_t)y < state->listed->len; y++) {
		guint i = (guint)(state->pane.top + (size_t)y);
		struct canvas line = canvas_rows(&list, y, 1);

		line.selected = i == state->at;
		draw_link(screen->app, &line, i + 1,
			state->verdicts->pdata[g_array_index(state->listed, guint, i)],
			is_suspect(state, i));
	}
}

static void message_draw(struct screen *screen, const struct canvas *canvas)
{
	struct message_state *state = screen->state;
	int pane = MIN((int)state->listed->len + 1, MAX(canvas->height * 2 / 5, 3));
	struct canvas body, links;

	if (!state->listed->len)
		pane = 0;
	body = canvas_rows(canvas, 0, canvas->height - pane);
	links = canvas_rows(canvas, canvas->height - pane, pane);
	wrap(state, body.width);
	scroll_fit(&state->scroll, body.height);
	for (int y = 0; y < body.height && state->scroll.top + (size_t)y < state->lines->len; y++)
		draw_line(state, &body, y,
			&g_array_index(state->lines, struct line, state->scroll.top + (size_t)y));
	if (pane)
		draw_links(screen, &links);
	if (pane)
		canvas_cursor(&links, 1 + (int)(state->pane.at - state->pane.top), 0);
	else
		canvas_cursor(&body, 0, 0);
}

static void message_title(struct screen *screen, GString *title)
{
	struct message_state *state = screen->state;
	const char *subject = message_header(state->message, "Subject");
	struct store_row *row = store_find(screen->app->store, state->id, NULL);

	g_string_append(title, subject ? subject : "(no subject)");
	if (row) {
		g_autofree char *tags = g_strjoinv(" ", row->tags);
		g_string_append_printf(title, " — %s", tags);
	}
	store_row_free(row);
}

static struct scroll *message_scroll(struct screen *screen)
{
	return &((struct message_state *)screen->state)->scroll;
}

/* ---- actions ---- */

static struct verdict *selected(struct message_state *state)
{
	return state->at < state->listed->len
		       ? state->verdicts->pdata[g_array_index(state->listed, guint, state->at)]
		       : NULL;
}

/* Brings the selected link into sight. */
static void show_selected(struct message_state *state)
{
	for (guint i = 0; i < state->lines->len; i++) {
		const struct line *line = &g_array_index(state->lines, struct line, i);
		const struct paragraph *paragraph = state->paragraphs->pdata[line->paragraph];

		for (guint32 c = line->cells.first; c < line->cells.first + line->cells.count;
			c++) {
			if (!is_selected(state,
				    span_at(state,
					    paragraph->offset + paragraph->shown->cells[c].source)))
				continue;
			if (i < state->scroll.top ||
				i >= state->scroll.top + (size_t)MAX(state->scroll.height, 1))
				scroll_to(&state->scroll, i > 2 ? i - 2 : 0);
			return;
		}
	}
}

static void select_link(struct screen *screen, int by)
{
	struct message_state *state = screen->state;
	guint count = state->listed->len;

	if (!count)
		return;
	state->at = (state->at + count + (size_t)by) % count;
	show_selected(state);
}

static void act_next_link(struct screen *screen)
{
	select_link(screen, 1);
}

static void act_previous_link(struct screen *screen)
{
	select_link(screen, -1);
}

static void go_to(struct screen *screen, int by)
{
	struct message_state *state = screen->state;
	const char *id = state->step ? state->step(state->list, by) : NULL;
	GError *error = NULL;

	if (!id)
		app_report(screen->app,
			by > 0 ? "that was the last message" : "that was the first message");
	else if (!load(screen, id, &error))
		app_error(screen->app, error);
}

static void act_next_message(struct screen *screen)
{
	go_to(screen, 1);
}

static void act_previous_message(struct screen *screen)
{
	go_to(screen, -1);
}

/* The first suspect link from number `from` on, counted from 0. */
static bool select_suspect(struct message_state *state, size_t from)
{
	for (size_t i = from; i < state->listed->len; i++) {
		if (!is_suspect(state, i))
			continue;
		state->at = i;
		show_selected(state);
		return true;
	}
	return false;
}

/* Goes down the list as far as it takes. */
static void act_next_unexplained(struct screen *screen)
{
	struct message_state *state = screen->state;
	GError *error = NULL;
	const char *id;
	int steps = 0;

	if (select_suspect(state, state->at + 1))
		return;
	while ((id = state->step ? state->step(state->list, 1) : NULL)) {
		steps++;
		if (!index_has_unexplained(screen->app->index, id))
			continue;
		if (!load(screen, id, &error))
			app_error(screen->app, error);
		else
			select_suspect(state, 0);
		return;
	}
	if (steps)
		state->step(state->list, -steps);
	app_report(screen->app, "no further link looks like a tracker without a rule");
}

static void act_headers(struct screen *screen)
{
	struct message_state *state = screen->state;

	state->all_headers = !state->all_headers;
	build_text(state);
	scroll_to(&state->scroll, 0);
}

static void act_evidence(struct screen *screen)
{
	struct message_state *state = screen->state;

	state->evidence = !state->evidence;
	build_text(state);
	if (!state->networks->len)
		app_report(
			screen->app, "no link of a provider that sends mail: no network to judge");
}

static void act_source(struct screen *screen)
{
	struct message_state *state = screen->state;
	g_autofree char *bytes = NULL;
	GError *error = NULL;
	gsize len;

	if (!g_file_get_contents(message_path(state->message), &bytes, &len, &error)) {
		app_error(screen->app, error);
		return;
	}
	struct pager_text text = {"Source", bytes, len, PAGER_PLAIN};
	app_push(screen->app, &screen_pager, &text);
}

/* ---- the chain of a link, spelled out ---- */

static void put_url(const struct app *app, GString *text, const char *before, const char *href)
{
	g_autofree char *shown = app->defang ? url_defang(href) : g_strdup(href);

	g_string_append_printf(text, "%s%s\n", before, shown);
}

static void put_hop(const struct app *app, GString *text, guint number, const struct hop *hop)
{
	g_string_append_printf(text, "\nHop %u: %s\n", number, hop->match->rule->id);
	if (hop->match->rule->summary)
		g_string_append_printf(text, "  %s\n", hop->match->rule->summary);
	put_url(app, text, "  ", hop->url);
	for (guint i = 0; i < hop->match->fields->len; i++) {
		const struct rule_pair *pair = hop->match->fields->pdata[i];

		g_string_append_printf(text, "  %s: %s\n", pair->name, pair->value);
	}
	if (hop->match->next)
		put_url(app, text, "  leads to ", hop->match->next);
	else
		g_string_append(
			text, "  opaque: only the provider's server knows where it leads\n");
}

static void act_chain(struct screen *screen)
{
	struct message_state *state = screen->state;
	const struct verdict *verdict = selected(state);
	GString *text;

	if (!verdict)
		return;
	text = g_string_new("Link\n");
	put_url(screen->app, text, "  ", url_href(verdict->link->url));
	g_string_append_printf(text, "  shown as: %s\n", verdict->link->text);
	for (unsigned i = 0; i < SIGNAL_COUNT; i++)
		if (verdict->signals & 1u << i)
			g_string_append_printf(text, "  %s: %s\n",
				signal_name((enum signal)(1u << i)),
				signal_meaning((enum signal)(1u << i)));
	for (guint i = 0; i < verdict->chain->hops->len; i++)
		put_hop(screen->app, text, i + 1, verdict->chain->hops->pdata[i]);
	if (verdict->chain->landing_domain)
		g_string_append_printf(
			text, "\nLanding domain\n  %s\n", verdict->chain->landing_domain);
	struct pager_text pager = {"Where the link leads", text->str, text->len, PAGER_HELP};
	app_push(screen->app, &screen_pager, &pager);
	g_string_free(text, TRUE);
}

/* ---- labelling ---- */

static bool explained_by(const struct verdict *verdict, const char *esp)
{
	for (guint i = 0; i < verdict->chain->hops->len; i++)
		if (strcmp(((struct hop *)verdict->chain->hops->pdata[i])->match->rule->esp, esp) ==
			0)
			return true;
	return false;
}

static void draft_rule(struct screen *screen, const char *esp, const char *name)
{
	struct message_state *state = screen->state;
	struct url *url = unexplained_url(selected(state));
	GError *error = NULL;

	if (!repo_ready(screen->app->repo, &error)) {
		app_error(screen->app, error);
	} else if (!url || !url_is_web(url)) {
		app_report(screen->app, "a rule is for http and https links");
	} else {
		struct label_request request = {esp, name, url, state->id, state->query, NULL};
		app_push(screen->app, &screen_label, &request);
	}
	url_free(url);
}

static void picked(struct screen *screen, const char *typed)
{
	struct message_state *state = screen->state;
	g_autofree char *esp = esp_choice_id(typed);
	g_autoptr(GPtrArray) ids = g_ptr_array_new();

	if (!esp)
		app_report(screen->app, ESP_CHOICE_NO_ID);
	if (!esp || !selected(state))
		return;
	if (!explained_by(selected(state), esp)) {
		draft_rule(screen, esp, typed);
		return;
	}
	g_autofree char *what = g_strdup_printf("label 1 message %s", esp);
	g_ptr_array_add(ids, state->id);
	esp_label_messages(screen->app, esp, ids, what, NULL);
}

static void act_label(struct screen *screen)
{
	struct message_state *state = screen->state;
	const struct verdict *verdict = selected(state);
	g_autofree char *title = NULL;

	if (!verdict) {
		app_report(screen->app, "this message has no link to label");
		return;
	}
	title = g_strdup_printf("Whose link is number %zu?", state->at + 1);
	esp_choice_ask(screen->app, title, verdict_esp(verdict), picked);
}

/* ---- what other messages have in common with the link ---- */

static void pivot_picked(struct screen *screen, const char *value)
{
	pivot_pick(((struct message_state *)screen->state)->pivot, value);
}

static void act_pivot(struct screen *screen)
{
	struct message_state *state = screen->state;

	if (selected(state))
		pivot_ask(state->pivot, selected(state)->chain, state->id);
}

static const struct binding message_bindings[] = {
	{"Tab n", "next link", "select the next link", true, act_next_link},
	{"BackTab p", "previous link", "select the previous link", false, act_previous_link},
	{"Enter", "chain", "where the link leads, hop by hop", true, act_chain},
	{"l", "label", "label the link with its provider; drafts a rule where none explains it",
		true, act_label},
	{"J Right", "next", "the next message of the list", true, act_next_message},
	{"K Left", "previous", "the previous message", false, act_previous_message},
	{"N", "no rule",
		"the next link that looks like a tracker and has no rule, also of the next "
		"messages",
		true, act_next_unexplained},
	{"w", "same",
		"the messages with the same account, campaign, landing domain, network or rule",
		true, act_pivot},
	{"h", "headers", "all headers, with the Received chain, or the usual ones", true,
		act_headers},
	{"o", "network", "why it was sent on or off the provider's network, or why that is unknown",
		true, act_evidence},
	{"r", "source", "the message as it arrived", true, act_source},
	{0},
};

const struct screen_ops screen_message = {
	.name = "message",
	.state_size = sizeof(struct message_state),
	.bindings = message_bindings,
	.open = message_open,
	.close = message_close,
	.draw = message_draw,
	.title = message_title,
	.scroll = message_scroll,
	.refresh = message_refresh,
};

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/networks.h"

struct network {
	char *esp;
	struct origin_verdict *verdict;
};

struct networks {
	struct origin *origin;
	const struct ruleset *ruleset;
	GPtrArray *list; /* of struct network */
};

static void network_free(gpointer data)
{
	struct network *network = data;

	g_free(network->esp);
	origin_verdict_free(network->verdict);
	g_free(network);
}

static bool is_judged(const struct networks *networks, const char *esp)
{
	for (guint i = 0; i < networks->list->len; i++)
		if (strcmp(((struct network *)networks->list->pdata[i])->esp, esp) == 0)
			return true;
	return false;
}

/* Only who sends mail has a network to send it from. */
static void judge(struct networks *networks, const char *esp_id)
{
	const struct esp *esp = ruleset_find_esp(networks->ruleset, esp_id);
	struct network *network;

	if (!esp || esp->kind != ESP_ESP || is_judged(networks, esp_id))
		return;
	network = g_new0(struct network, 1);
	network->esp = g_strdup(esp_id);
	network->verdict = origin_judge(networks->origin, esp);
	g_ptr_array_add(networks->list, network);
}

struct networks *networks_new(const struct message *message, const struct origin_trust *trust,
	const GPtrArray *verdicts, const struct matcher *matcher)
{
	struct networks *networks = g_new0(struct networks, 1);

	networks->origin = origin_new(message, trust);
	networks->ruleset = matcher_ruleset(matcher);
	networks->list = g_ptr_array_new_with_free_func(network_free);
	for (guint i = 0; i < verdicts->len; i++) {
		const struct chain *chain = ((struct verdict *)verdicts->pdata[i])->chain;

		for (guint h = 0; h < chain->hops->len; h++)
			judge(networks, ((struct hop *)chain->hops->pdata[h])->match->rule->esp);
	}
	return networks;
}

void networks_free(struct networks *networks)
{
	if (!networks)
		return;
	g_ptr_array_unref(networks->list);
	origin_free(networks->origin);
	g_free(networks);
}

bool networks_empty(const struct networks *networks)
{
	return networks->list->len == 0;
}

/* ---- showing it ---- */

static void show_evidence(const struct origin_evidence *evidence, struct message_view *view)
{
	static const char marks[] = {
		[ORIGIN_NEUTRAL] = ' ', [ORIGIN_FOR] = '+', [ORIGIN_AGAINST] = '-'};
	static const enum style styles[] = {[ORIGIN_NEUTRAL] = STYLE_QUIET,
		[ORIGIN_FOR] = STYLE_ADDED,
		[ORIGIN_AGAINST] = STYLE_REMOVED};
	g_autofree char *line = g_strdup_printf("  %c %s: %s%s%s", marks[evidence->weight],
		evidence->what, evidence->value, evidence->note && *evidence->note ? " — " : "",
		evidence->note ? evidence->note : "");

	message_view_add_line(view, styles[evidence->weight], line);
}

void networks_show(const struct networks *networks, bool evidence, struct message_view *view)
{
	static const enum style styles[] = {
		[ORIGIN_UNKNOWN] = STYLE_QUIET, [ORIGIN_ON] = STYLE_GOOD, [ORIGIN_OFF] = STYLE_BAD};

	for (guint i = 0; i < networks->list->len; i++) {
		const struct network *network = networks->list->pdata[i];
		const struct origin_verdict *verdict = network->verdict;
		g_autofree char *line = g_strdup_printf("%s%s %s: %s",
			verdict->network == ORIGIN_OFF ? "≠ " : "",
			origin_network_name(verdict->network), network->esp, verdict->reason);

		message_view_add_line(view, styles[verdict->network], line);
		for (guint e = 0; evidence && e < verdict->evidence->len; e++)
			show_evidence(verdict->evidence->pdata[e], view);
	}
}

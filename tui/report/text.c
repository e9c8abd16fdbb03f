/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The report for people.
 */
#include "tui/report/report_internal.h"
#include "tui/widget/shown.h"

#define WIDTH 76

/* Words in lines. */
static void put_paragraph(GString *text, const char *words)
{
	g_auto(GStrv) list = g_strsplit(words, " ", -1);
	size_t column = 0;

	for (guint i = 0; list[i]; i++) {
		size_t width = (size_t)g_utf8_strlen(list[i], -1);

		if (column && column + 1 + width > WIDTH) {
			g_string_append_c(text, '\n');
			column = 0;
		}
		g_string_append_printf(text, "%s%s", column ? " " : "", list[i]);
		column += width + (column ? 1 : 0);
	}
	g_string_append(text, "\n\n");
}

static void put_row(GString *text, const char *name, const char *format, ...) G_GNUC_PRINTF(3, 4);
static void put_row(GString *text, const char *name, const char *format, ...)
{
	va_list args;

	g_string_append_printf(text, "%-14s ", name);
	va_start(args, format);
	g_string_append_vprintf(text, format, args);
	va_end(args);
	g_string_append_c(text, '\n');
}

static const char *plural(unsigned count)
{
	return count == 1 ? "" : "s";
}

/* ---- what it is about ---- */

/* Whether the provider sends mail, and did not send all of this. */
static bool is_foreign(const struct report *report)
{
	return report->esp->kind == ESP_ESP && !report->unknown;
}

static char *customer(const struct report *report)
{
	return report->account
		       ? g_strdup_printf("account %s of %s", report->account, report->esp->name)
		       : g_strdup(report->esp->name);
}

static void put_complaint(GString *text, const struct report *report)
{
	g_autofree char *who = customer(report);
	g_autofree char *begin =
		g_strdup_printf("Links of %s are used in spam that we received.", who);
	g_autofree char *words = NULL;

	if (is_foreign(report))
		words = g_strdup_printf(
			"%s The messages themselves were sent from hosts that are not yours: none "
			"of them passed your outbound network. Somebody copies click links that "
			"were made with %s, and sends them himself. The links still name %s and "
			"redirect to where the spammer wants.",
			begin, report->account ? "the account" : "accounts of yours",
			report->esp->name);
	else
		words = g_strdup_printf("%s The links name %s and redirect to where the spammer "
					"wants.",
			begin, report->esp->name);
	put_paragraph(text, words);
	put_paragraph(text, "Please look into who made these links, disable them, and tell us "
			    "what came of it.");
}

static void put_period(GString *text, const struct sightings *sightings)
{
	g_autofree char *first = report_day(sightings->first);
	g_autofree char *last = report_day(sightings->last);

	put_row(text, "Period", "%s to %s (UTC)", first, last);
}

static void put_messages(GString *text, const struct report *report)
{
	const struct sightings *sightings = report->sightings;

	put_row(text, "Messages", "%u, with %u different link%s", sightings->messages,
		sightings->links, plural(sightings->links));
	put_row(text, "", "%u sent from outside your network: reported here", sightings->off);
	put_row(text, "", "%u sent from unknown networks: %s", sightings->unknown,
		report->unknown ? "reported here" : "not reported here");
	put_row(text, "", "%u sent from your network: not reported here", sightings->on);
}

static void put_facts(GString *text, const struct report *report)
{
	put_row(text, "Provider", "%s", report->esp->name);
	if (report->account)
		put_row(text, "Account", "%s", report->account);
	if (report->campaign)
		put_row(text, "Campaign", "%s", report->campaign);
	put_messages(text, report);
	put_period(text, report->sightings);
	put_row(text, "Report", "%s", report->id);
}

/* ---- lists ---- */

static void put_heading(GString *text, const char *heading)
{
	g_string_append_printf(text, "\n%s\n", heading);
}

static size_t widest(const GPtrArray *counts)
{
	size_t width = 0;

	for (guint i = 0; i < counts->len; i++) {
		const struct sightings_count *count = counts->pdata[i];

		width = MAX(width, (size_t)g_utf8_strlen(count->name, -1));
	}
	return MIN(width, 44);
}

static void put_count(GString *text, const struct sightings_count *count, size_t width)
{
	size_t len = (size_t)g_utf8_strlen(count->name, -1);

	g_string_append_printf(text, "  %s%*s  %u message%s%s%s\n", count->name,
		(int)(len < width ? width - len : 0), "", count->messages, plural(count->messages),
		count->host && *count->host ? "  " : "", count->host ? count->host : "");
}

static void put_counts(GString *text, const char *heading, const GPtrArray *counts)
{
	size_t width = widest(counts);

	if (!counts->len)
		return;
	put_heading(text, heading);
	for (guint i = 0; i < counts->len; i++)
		put_count(text, counts->pdata[i], width);
}

static void put_url(GString *text, const struct sightings_url *url, const char *details)
{
	g_string_append_printf(text, "  %s\n", url->url);
	if (*details)
		g_string_append_printf(text, "    %s\n", details);
	if (url->landing && *url->landing)
		g_string_append_printf(text, "    leads to %s\n", url->landing);
}

static void put_urls(GString *text, const struct report *report)
{
	const GPtrArray *urls = report->sightings->urls;

	put_heading(text, report->sightings->links > urls->len ? "Some of the links" : "The links");
	for (guint i = 0; i < urls->len; i++)
		put_url(text, urls->pdata[i], report->details->pdata[i]);
}

static void put_lists(GString *text, const struct report *report)
{
	const struct sightings *sightings = report->sightings;

	if (!report->account)
		put_counts(text, "Accounts", sightings->accounts);
	if (!report->campaign)
		put_counts(text, "Campaigns", sightings->campaigns);
	put_counts(text, "Where the links lead", sightings->landings);
	put_counts(text,
		is_foreign(report) ? "Hosts that sent the messages, none of them yours"
				   : "Hosts that sent the messages",
		sightings->ips);
	put_urls(text, report);
	if (sightings->messages > sightings->ids->len) {
		g_autofree char *since = report_day(sightings->listed_since);

		g_string_append_printf(text, "\nThe lists are of messages since %s.\n", since);
	}
}

static void put_sample(GString *text, const struct sample *sample)
{
	put_heading(text, "One of the messages");
	for (guint i = 0; i < sample->headers->len; i++)
		g_string_append_printf(text, "  %s\n", (char *)sample->headers->pdata[i]);
	g_string_append(text, "\nWho received them was taken out of everything in this report.\n");
}

/* Names in rules, mail and the index may hold anything. */
static char *printable(const GString *text)
{
	g_auto(GStrv) lines = g_strsplit(text->str, "\n", -1);

	for (guint i = 0; lines[i]; i++) {
		char *line = lines[i];

		lines[i] = shown_plain(line);
		g_free(line);
	}
	return g_strjoinv("\n", lines);
}

char *report_text(const struct report *report)
{
	GString *text = g_string_new(NULL);
	char *safe;

	put_complaint(text, report);
	put_facts(text, report);
	put_lists(text, report);
	put_sample(text, report->sample);
	safe = printable(text);
	g_string_free(text, TRUE);
	return safe;
}

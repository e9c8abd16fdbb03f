/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the tests of reports share: a store with a campaign that abuses the provider Acme, sent to a
 * trap, its index, its ruleset repository.
 */
#ifndef ESPIAL_TESTS_REPORTING_H
#define ESPIAL_TESTS_REPORTING_H

#include "rules/repo.h"
#include "tests/unit/encoding.h"
#include "tests/unit/scratch.h"
#include "tui/report/report.h"

#define TRAP "honeypot.7@trap.example"
#define NOW 1795521600 /* 2026-11-24 12:00 UTC */
#define SENDER "Trap Desk <desk@reporter.example>"

static const char acme_esp[] = "id: acme\nname: Acme Mail\nkind: esp\nabuse:\n"
			       "  - https://acme.example/abuse\n  - abuse@acme.example\n"
			       "sending:\n  rdns:\n    - acme.example\n  networks:\n"
			       "    - 198.51.100.0/24\n  headers:\n    - name: X-Acme\n";
static const char acme_rule[] =
	"id: acme/click\nesp: acme\nstatus: stable\nsummary: Acme click tracking\nmatch:\n"
	"  hosts:\n    - click.acme.example\n"
	"  path: '^/c/(?<account>\\d+)/(?<campaign>\\w+)/(?<recipient>\\w+)$'\n"
	"  params:\n    to: ''\n"
	"decode:\n  - param: to\n  - percent\nreferences:\n  - seen in the wild\ntests:\n  match:\n"
	"    - url: https://click.acme.example/c/1/a/b?to=https%3A%2F%2Fwww.example.com%2F\n"
	"      next: https://www.example.com/\n  no_match:\n    - https://acme.example/\n";

static const char acme_open[] =
	"id: acme/open\nesp: acme\nstatus: stable\nsummary: Acme open pixel\nmatch:\n"
	"  hosts:\n    - open.acme.example\n  path: '^/o/(?<campaign>\\w+)$'\ndecode: opaque\n"
	"references:\n  - seen in the wild\ntests:\n  match:\n"
	"    - url: https://open.acme.example/o/a\n      next: opaque\n  no_match:\n"
	"    - https://acme.example/\n";

struct fixture {
	struct scratch *scratch;
	char *ruleset; /* directory */
	struct repo *repo;
	struct store *store;
	struct index *index;
	struct matcher *matcher;
	struct settings *settings;
};

/* ---- mails ---- */

enum sender { SENDER_OFF, SENDER_ON, SENDER_UNKNOWN };

static inline char *received_from(enum sender sender, unsigned number, const char *recipient)
{
	if (sender == SENDER_UNKNOWN)
		return g_strdup("");
	return g_strdup_printf(
		"Received: from %s (%s [%s%u])\n\tby mx.trap.example (Postfix) with ESMTPS id X%u\n"
		"\tfor <%s>; Tue, 24 Nov 2026 11:00:00 +0000\n",
		sender == SENDER_ON ? "out1.acme.example" : "host.spam.example",
		sender == SENDER_ON ? "out1.acme.example" : "host.spam.example",
		sender == SENDER_ON ? "198.51.100." : "203.0.113.", number, number, recipient);
}

/* A mail of the campaign to the trap, with more headers and text. */
static inline void put_mail(const struct fixture *fixture, unsigned number, enum sender sender,
	const char *headers, const char *body)
{
	g_autofree char *received = received_from(sender, number, TRAP);
	g_autofree char *date = date_header(NOW - 86400 * (gint64)number);
	g_autofree char *text = g_strdup_printf("Return-Path: <bounce@spam.example>\n"
						"Delivered-To: " TRAP "\n%s"
						"From: Prize <prize@spam.example>\n"
						"To: " TRAP "\nSubject: You won %u\nDate: %s\n"
						"Message-ID: <m%u@spam.example>\n%s\n%s\n",
		received, number, date, number, headers, body);
	g_autofree char *path =
		g_strdup_printf("%s/spam/cur/m%u:2,", fixture->scratch->mail, number);

	write_file(path, text);
}

static inline char *click(unsigned account, const char *campaign, const char *recipient)
{
	return g_strdup_printf("https://click.acme.example/c/%u/%s/%s?to=https%%3A%%2F%%2Fwww."
			       "landing.example%%2F%s",
		account, campaign, recipient, campaign);
}

/* ---- the fixture ---- */

static inline void open_ruleset(struct fixture *fixture)
{
	g_autofree char *seed = g_build_filename(fixture->scratch->dir, "seed", NULL);
	g_autofree char *esp = g_build_filename(seed, "esps/acme.yaml", NULL);
	g_autofree char *rule = g_build_filename(seed, "trackers/acme/click.yaml", NULL);
	g_autofree char *open = g_build_filename(seed, "trackers/acme/open.yaml", NULL);
	struct problems *problems = problems_new();
	struct ruleset *ruleset;
	g_autoptr(GError) error = NULL;

	g_setenv("GIT_AUTHOR_NAME", "Test Analyst", TRUE);
	g_setenv("GIT_AUTHOR_EMAIL", "analyst@example.org", TRUE);
	g_setenv("GIT_COMMITTER_NAME", "Test Analyst", TRUE);
	g_setenv("GIT_COMMITTER_EMAIL", "analyst@example.org", TRUE);
	write_file(esp, acme_esp);
	write_file(rule, acme_rule);
	write_file(open, acme_open);
	fixture->ruleset = g_build_filename(fixture->scratch->dir, "ruleset", NULL);
	fixture->repo = repo_create(fixture->ruleset, seed, &error);
	if (!fixture->repo)
		fail_msg("%s", error->message);
	ruleset = ruleset_load(fixture->ruleset, problems, &error);
	if (problems_count(problems))
		fail_msg("%s", problem_text(problems->list->pdata[0]));
	fixture->matcher = matcher_new(ruleset);
	ruleset_unref(ruleset);
	problems_free(problems);
}

static inline struct fixture *fixture_new(const char *more_config)
{
	struct fixture *fixture = g_new0(struct fixture, 1);
	g_autofree char *config =
		g_strdup_printf("other_email=\n[espial]\nreport_from=" SENDER "\n%s", more_config);

	fixture->scratch = scratch_new(config);
	open_ruleset(fixture);
	return fixture;
}

/* Once the mails are there. */
static inline void fixture_open(struct fixture *fixture)
{
	g_autoptr(GError) error = NULL;

	index_mail();
	fixture->store = store_open(&(struct store_options){0}, &error);
	if (!fixture->store)
		fail_msg("%s", error->message);
	fixture->settings = settings_load(fixture->store);
	fixture->index = index_open_scratch(&error);
	if (!fixture->index)
		fail_msg("%s", error->message);
	if (!index_update(fixture->index, fixture->store, fixture->matcher, NULL, NULL, &error))
		fail_msg("%s", error->message);
}

static inline void fixture_free(struct fixture *fixture)
{
	index_close(fixture->index);
	settings_free(fixture->settings);
	store_close(fixture->store);
	matcher_unref(fixture->matcher);
	repo_close(fixture->repo);
	scratch_free(fixture->scratch);
	g_free(fixture->ruleset);
	g_free(fixture);
}

static inline struct report *try_report(
	struct fixture *fixture, const struct report_request *request, GError **error)
{
	struct report_source source = {.store = fixture->store,
		.index = fixture->index,
		.matcher = fixture->matcher,
		.settings = fixture->settings,
		.identity = "Test Analyst <analyst@example.org>",
		.now = NOW};

	return report_new(&source, request, error);
}

static inline struct report *must_report(struct fixture *fixture, const char *account)
{
	struct groups_filter links = {.value = {[GROUPS_ESP] = "acme", [GROUPS_ACCOUNT] = account}};
	struct report_request request = {.links = &links};
	g_autoptr(GError) error = NULL;
	struct report *report = try_report(fixture, &request, &error);

	if (!report)
		fail_msg("%s", error->message);
	return report;
}

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How fast URLs are parsed, and what it costs to take their domain.
 */
#include "rules/domain.h"
#include "tests/bench/bench.h"
#include "tests/bench/urls.h"

#define URLS_PER_RUN 200000

struct job {
	const struct urls *urls;
	unsigned passes;
	bool domain;
};

static void parse_all(void *user)
{
	const struct job *job = user;

	for (unsigned pass = 0; pass < job->passes; pass++) {
		for (guint i = 0; i < job->urls->texts->len; i++) {
			const char *text = job->urls->texts->pdata[i];
			struct url *url = url_parse(text, strlen(text), NULL);

			if (job->domain)
				domain_registrable(url_host(url));
			url_free(url);
		}
	}
}

int main(void)
{
	struct urls *urls = urls_load();
	unsigned passes = urls_passes(urls, URLS_PER_RUN);
	double count = (double)urls->texts->len * passes;
	struct job parse = {urls, passes, false}, domain = {urls, passes, true};
	struct bench_case cases[] = {
		{"parse", "URLs", count, parse_all, &parse, {0}},
		{"parse, registrable domain", "URLs", count, parse_all, &domain, {0}},
	};

	printf("  %u URLs, %.0f bytes on average\n", urls->texts->len,
		(double)urls->bytes / urls->texts->len);
	bench_time(cases, G_N_ELEMENTS(cases));
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
		bench_print(&cases[i]);
	printf("  %-50s %11.0f MB/s\n", "parse",
		(double)urls->bytes * passes / bench_median(cases[0].seconds, BENCH_RUNS) / 1e6);
	urls_free(urls);
	return 0;
}

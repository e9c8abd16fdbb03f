/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The URLs of a benchmark: the lines of the file that the environment variable URLS names.
 */
#ifndef ESPIAL_TESTS_BENCH_URLS_H
#define ESPIAL_TESTS_BENCH_URLS_H

#include "rules/url.h"

#include <stdio.h>
#include <stdlib.h>

struct urls {
	GPtrArray *texts; /* of char * */
	size_t bytes;
};

static inline struct urls *urls_new(void)
{
	struct urls *urls = g_new0(struct urls, 1);

	urls->texts = g_ptr_array_new_with_free_func(g_free);
	return urls;
}

static inline void urls_free(struct urls *urls)
{
	g_ptr_array_unref(urls->texts);
	g_free(urls);
}

static inline void urls_add(struct urls *urls, const char *text)
{
	g_ptr_array_add(urls->texts, g_strdup(text));
	urls->bytes += strlen(text);
}

/* Those that parse. Ends the program with a line on stderr where there are none. */
static inline struct urls *urls_load(void)
{
	const char *file = g_getenv("URLS");
	struct urls *urls = urls_new();
	g_autofree char *text = NULL;

	if (!file || !g_file_get_contents(file, &text, NULL, NULL)) {
		fprintf(stderr, "URLS names no file that can be read\n");
		exit(2);
	}
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	for (char **line = lines; *line; line++) {
		struct url *url = url_parse(*line, strlen(*line), NULL);

		if (url)
			urls_add(urls, *line);
		url_free(url);
	}
	if (!urls->texts->len) {
		fprintf(stderr, "%s: no URLs\n", file);
		exit(2);
	}
	return urls;
}

/* How often to go through the URLs to look at about so many in a run; URLS_PER_RUN in the
 * environment asks for fewer, to count instructions. */
static inline unsigned urls_passes(const struct urls *urls, unsigned wanted)
{
	const char *fewer = g_getenv("URLS_PER_RUN");

	wanted = fewer ? (unsigned)atoi(fewer) : wanted;
	return MAX(1, wanted / MAX(urls->texts->len, 1));
}

#endif

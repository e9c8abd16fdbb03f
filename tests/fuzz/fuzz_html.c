/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/mail/html.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_marks(const struct rendered *rendered, unsigned links)
{
	size_t last = 0;

	for (guint i = 0; i < rendered->marks->len; i++) {
		const struct rendered_mark *mark =
			&g_array_index(rendered->marks, struct rendered_mark, i);

		if (mark->start < last || mark->end <= mark->start ||
			mark->end > rendered->text->len ||
			(mark->kind == RENDERED_LINK && mark->link >= links))
			abort();
		last = mark->start;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span html = {(const char *)data, size};
	g_autoptr(GPtrArray) links = g_ptr_array_new_with_free_func((GDestroyNotify)link_free);
	g_autoptr(GPtrArray) again = g_ptr_array_new_with_free_func((GDestroyNotify)link_free);
	struct rendered *rendered = rendered_new();

	html_read(html, 0, links, rendered);
	html_read(html, 0, again, NULL);
	/* The marks of a message rest on it. */
	if (links->len != again->len)
		abort();
	if (!g_utf8_validate_len(rendered->text->str, rendered->text->len, NULL))
		abort();
	check_marks(rendered, links->len);
	rendered_free(rendered);
	return 0;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/mail/rendered.h"

struct rendered *rendered_new(void)
{
	struct rendered *rendered = g_new0(struct rendered, 1);

	rendered->text = g_string_new(NULL);
	rendered->marks = g_array_new(FALSE, FALSE, sizeof(struct rendered_mark));
	return rendered;
}

void rendered_free(struct rendered *rendered)
{
	if (!rendered)
		return;
	g_string_free(rendered->text, TRUE);
	g_array_unref(rendered->marks);
	g_free(rendered);
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Landing domains for what answers DNS: a response policy zone (as BIND, Unbound, Knot Resolver and
 * PowerDNS read it), and a hosts file.
 */
#include "rules/export/writer.h"

#define ZONE "rpz.espial"

/* Grows with what the zone is made from, so that secondaries notice. */
static guint32 serial_of(const struct export_input *input)
{
	gint64 newest = MAX(trace_head_time(input->trace), evidence_newest(input->evidence));

	return (guint32)MAX(newest, 1);
}

void export_rpz(const struct export_input *input, struct export *export)
{
	GString *out = export_file_add(export, "espial.rpz");
	const GPtrArray *landings = input->evidence->landings;

	export_head(out, ";", input, "Landing domains as a response policy zone");
	g_string_append_printf(out,
		"$ORIGIN %s.\n$TTL 300\n@ SOA localhost. hostmaster.localhost. %u 3600 600 604800 "
		"300\n@ NS localhost.\n",
		input->zone ? input->zone : ZONE, serial_of(input));
	for (guint i = 0; i < landings->len; i++) {
		const struct evidence_item *item = landings->pdata[i];

		g_string_append_c(out, '\n');
		export_evidence(out, ";", input, item);
		g_string_append_printf(out, "%s CNAME .\n*.%s CNAME .\n", item->name, item->name);
	}
	export_tail(out, ";", export);
}

void export_hosts(const struct export_input *input, struct export *export)
{
	GString *out = export_file_add(export, "espial.hosts");
	const GPtrArray *landings = input->evidence->landings;

	export_head(out, "#", input, "Landing domains as a hosts file");
	for (guint i = 0; i < landings->len; i++) {
		const struct evidence_item *item = landings->pdata[i];

		g_string_append_c(out, '\n');
		export_evidence(out, "#", input, item);
		g_string_append_printf(out, "0.0.0.0 %s\n0.0.0.0 www.%s\n", item->name, item->name);
	}
	if (landings->len)
		export_leave_out(
			export, "hosts", "no names under the domains but www: it has no wildcard");
	export_tail(out, "#", export);
}

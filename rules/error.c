/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/error.h"

GQuark espial_error_quark(void)
{
	return g_quark_from_static_string("espial-error");
}

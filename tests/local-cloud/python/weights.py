"""Aliases of functions that send a part of the requests to a second version, which ministack keeps and does not do.

Lambda Developer Guide, "Implement Lambda canary deployments using a weighted alias": the additional version gets its weight's share of the
invocations, the alias' own version the rest. AWS draws lots; here the shares are exact, so that a test can count.
"""

import contextvars

chosen = contextvars.ContextVar("chosen", default=None)


class Alias(dict):
    """An alias whose version is, during one invocation, the one that was chosen for it."""

    credit = 0.0

    def get(self, key, default=None):
        if key == "FunctionVersion" and chosen.get() is not None:
            return chosen.get()
        return super().get(key, default)

    def choose(self):
        weights = (dict.get(self, "RoutingConfig") or {}).get("AdditionalVersionWeights") or {}
        for version, weight in weights.items():
            self.credit += weight
            if self.credit >= 1 - 1e-9:
                self.credit -= 1
                return version
        return dict.get(self, "FunctionVersion")


def install(replaced):
    from ministack.services import lambda_svc

    @replaced(lambda_svc, "_invoke")
    async def invoke(original, name, event, headers, path_qualifier=None, query_params=None):
        aliases = lambda_svc._functions[name].get("aliases", {}) if name in lambda_svc._functions else {}
        qualifier = path_qualifier or lambda_svc._qp_first(query_params or {}, "Qualifier")
        alias = aliases.get(qualifier)
        if alias is None or not alias.get("RoutingConfig"):
            return await original(name, event, headers, path_qualifier=path_qualifier, query_params=query_params)
        if not isinstance(alias, Alias):
            alias = aliases[qualifier] = Alias(alias)
        token = chosen.set(alias.choose())
        try:
            return await original(name, event, headers, path_qualifier=path_qualifier, query_params=query_params)
        finally:
            chosen.reset(token)

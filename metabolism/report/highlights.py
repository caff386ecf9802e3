"""The key messages: three to five sentences made from the tables, each of them only where there is something to say."""

from metabolism.report import amounts, dependency, figures
from metabolism.report.activities import ActivitySection
from metabolism.report.exchanges import Exchange
from metabolism.report.flows import Flow, Flows
from metabolism.report.labels import Labels
from metabolism.report.language import Language
from metabolism.report.nomenclature import FAMILIES
from metabolism.report.pools import PoolSection
from metabolism.report.provenance import Respondents
from metabolism.report.sides import PARTS, UNDETERMINED


def response(people: Respondents, coverage: float | None, language: Language) -> str:
    """Who answered; '' where nobody is known."""
    if not people.known:
        return ""
    answered = len(people.answered)
    if coverage is None:
        return language.ngettext(
            "%(count)s establishment answered; there is no register, so nobody can say what share that is.",
            "%(count)s establishments answered; there is no register, so nobody can say what share that is.",
            answered,
        )
    return language.ngettext(
        "%(answered)s of %(count)s establishment answered; %(share)s of the employees work there.",
        "%(answered)s of %(count)s establishments answered; %(share)s of the employees work there.",
        people.known,
        answered=figures.count(answered, language),
        share=figures.share(coverage, language),
    )


def largest_inflow(flows: Flows, year: int | None, labels: Labels) -> str:
    """The largest resource that came in, of the first family that has one; tonnes and MWh cannot be compared."""
    for family in FAMILIES if year is not None else ():
        largest = _largest(flows, family, year or 0)
        if largest is not None and family not in ("people", "emission"):
            return _inflow(flows, largest, labels)
    return ""


def _largest(flows: Flows, family: str, year: int) -> Flow | None:
    level = [one for one in flows.resources(year, family) if len(flows.names.path(one)) == 2]
    found = [flow for one in level if (flow := flows.get(year, one, "in")) and (flow.figure.value or 0.0) > 0]
    return max(found, key=lambda flow: flow.figure.value or 0.0, default=None)


def _inflow(flows: Flows, flow: Flow, labels: Labels) -> str:
    language = labels.language
    family = labels.resources.label(labels.resources.family(flow.resource))
    return language.gettext(
        "%(family)s: the largest inflow is %(resource)s, with %(amount)s%(origin)s.",
        family=family,
        resource=labels.resource(flow.resource),
        amount=amounts.a_year(figures.write(flow.figure, language, flow.unit), language),
        origin=_main_side(flows, flow, labels),
    )


def _main_side(flows: Flows, flow: Flow, labels: Labels) -> str:
    """', 78 % of it from outside': the largest side of an inflow, '' where it cannot be said."""
    language = labels.language
    sides = {side: flows.get(flow.year, flow.resource, side) for side in PARTS["in"]}
    values = {side: one.figure.value or 0.0 for side, one in sides.items() if one}
    if not values or not flow.figure.value:
        return ""
    side = max(values, key=lambda one: (values[one], one))
    words = {
        "internal": language.gettext("from inside"),
        "import": language.gettext("from outside"),
        "undetermined_in": language.gettext("from an origin not known precisely"),
        "from_nature": language.gettext("from nature"),
    }
    networked = labels.resources.by_network(flow.resource) and side == UNDETERMINED["in"]
    phrase = language.gettext("by the network") if networked else words[side]
    share = figures.share(min(values[side] / flow.figure.value, 1.0), language)
    return language.gettext(", %(share)s of it %(phrase)s", share=share, phrase=phrase)


def strategic(one: dependency.Dependence | None, language: Language) -> str:
    if one is None:
        return ""
    sentence = language.gettext(
        "The most critical dependence is %(resource)s: %(amount)s",
        resource=one.label,
        amount=amounts.a_year(one.consumption, language),
    )
    clauses = [one.sources]
    if one.origins:
        clauses.append(language.gettext("mainly %(origins)s", origins=one.origins))
    if one.days_of_stock:
        clauses.append(language.gettext("%(days)s of stock", days=one.days_of_stock))
    return ", ".join([sentence, *(clause for clause in clauses if clause)]) + "."


def best_exchange(found: tuple[Exchange, ...], language: Language) -> str:
    if not found:
        return ""
    best = found[0]
    sentence = language.gettext(
        "The first exchange to talk about: %(supplier)s could give %(receiver)s %(resource)s, %(amount)s",
        supplier=best.supplier,
        receiver=best.receiver,
        resource=best.resource,
        amount=amounts.a_year(best.quantity, language),
    )
    if not best.saving.known:
        return language.gettext("%(sentence)s; what it saves is not known yet.", sentence=sentence)
    return language.gettext(
        "%(sentence)s; it would save both together %(amount)s.",
        sentence=sentence,
        amount=amounts.a_year(best.saving, language),
    )


def together(pools: PoolSection, activities: ActivitySection, language: Language) -> str:
    """The best pool, else the most shared issue."""
    if pools.pools:
        pool = pools.pools[0]
        saving = ""
        if pool.saving.known:
            saving = language.gettext(", which would save %(amount)s", amount=amounts.a_year(pool.saving, language))
        return language.ngettext(
            "%(service)s: %(count)s establishment could buy it together%(saving)s.",
            "%(service)s: %(count)s establishments could buy it together%(saving)s.",
            pool.establishments,
            service=pool.service,
            saving=saving,
        )
    if activities.activities:
        activity = activities.activities[0]
        return language.ngettext(
            "%(theme)s: the issue is shared by %(count)s establishment.",
            "%(theme)s: the issue is shared by %(count)s establishments.",
            activity.establishments,
            theme=activity.theme,
        )
    return ""

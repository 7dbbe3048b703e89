"""The templates of the reference lists: what stands around the rows, and one cell a column."""

from __future__ import annotations

HEAD = """{% extends "base.html" %}{% load i18n humanize %}{% block title %}{{ table.label }}{% endblock %}{% block main %}
<div class="mo-pane mo-sp"><div class="mo-head mo-txh"><div><h1>{{ table.label }}</h1>{% if table.scope %}<p class="mo-sub">{{ table.scope }}</p>{% endif %}</div>
<div class="mo-tools"><a class="mo-btn" href="?as=xlsx" download>{% include "icon.html" with name="xls" %}Excel</a><a class="mo-btn is-quiet" href="?as=csv" download>CSV</a><a class="mo-btn is-quiet" href="?as=print" aria-label="{% translate "Print view" %}">{% include "icon.html" with name="print" %}</a></div></div>
{% if views %}<nav class="mo-views">{% for one in views %}<a href="?{{ one.query }}">{{ one.name }}</a>{% endfor %}</nav>{% endif %}
<div class="mo-filter" role="group" aria-label="{% translate "Conditions" %}"><button class="mo-f is-add" type="button">{% include "icon.html" with name="plus" %}{% translate "Condition" %} <kbd class="mo-k">f</kbd></button>
<details class="mo-pop"><summary class="mo-f is-add">{% include "icon.html" with name="list" %}{% translate "Columns" %}</summary><form class="b" method="post" action="{% url "control:columns_choose" %}"><input type="hidden" name="table" value="{{ table.name }}">
{% for column in hideable %}<label class="mo-row"><input class="mo-ck" type="checkbox" name="column" value="{{ column.key }}"{% if column.shown %} checked{% endif %}> {{ column.label }}</label>{% endfor %}
<label class="mo-lab" for="row-height">{% translate "Height of table rows" %}</label><select class="mo-in" id="row-height" name="density"><option value="">{% translate "as in this browser" %}</option><option value="tight">{% translate "tight" %}</option><option value="usual">{% translate "usual" %}</option><option value="wide">{% translate "wide" %}</option></select>
<button class="mo-btn" type="submit">{% translate "Keep" %}</button><button class="mo-btn" name="reset" value="1">{% translate "As it was" %}</button></form></details>
<span class="mo-sp"></span>1–{{ rows|length }} / {{ count|intcomma }}</div>
<form class="mo-conds" id="conditions" method="get" hidden>{% if table.search %}{% translate "Words" as label %}{% include "text.html" with name="text" label=label kind="search" value="" %}{% endif %}
{% for field in fields %}{% if field.kind == "choice" %}{% include "choice.html" with name=field.name label=field.label options=field.options chosen="" %}{% else %}{% include "text.html" with name=field.name label=field.label kind=field.kind value="" %}{% endif %}{% endfor %}<div class="act"><button class="mo-btn" type="submit">{% translate "Show these" %}</button></div></form>
<div class="mo-scroll mo-sp" tabindex="0" role="region"><table class="mo-t mo-list" data-walk><thead><tr>{% if table.batch or table.summed %}<th scope="col" class="w-ck"><input class="mo-ck" type="checkbox" aria-label="{% translate "Choose all of this page" %}"></th>{% endif %}{% for column in heads %}<th scope="col">{% if column.sortable %}<a class="mo-sort" href="?sort={{ column.key }}">{{ column.label }}</a>{% else %}{{ column.label }}{% endif %}</th>{% endfor %}</tr></thead>
<tbody>{% for row in rows %}<tr data-row="{{ row.pk }}">{% if table.batch or table.summed %}<td class="w-ck"><input class="mo-ck" type="checkbox" name="row" value="{{ row.pk }}" aria-label="{% blocktranslate with who=row.pk %}Choose {{ who }}{% endblocktranslate %}"></td>{% endif %}"""
FOOT = """</tr>{% endfor %}</tbody></table></div>
{% if table.batch %}<form class="mo-batch" id="batch" method="post" hidden>{% for one in table.batch %}<button class="mo-btn" type="submit" formaction="{% url one.url %}">{{ one.label }}</button>{% endfor %}</form>{% endif %}
<div class="mo-keys"><span><kbd class="mo-k">j</kbd> <kbd class="mo-k">k</kbd> {% translate "move" %}</span><span><kbd class="mo-k">Enter</kbd> {% translate "open" context "key" %}</span><span><kbd class="mo-k">/</kbd> {% translate "search" %}</span><a class="mo-btn" rel="next" href="?older={{ rows|length }}">{% translate "Next" %}</a></div></div>{% endblock %}"""
_MOMENT = '|date:"n/j H:i" }}'
_STATE = '{% include "state.html" with kind="paid" %}'
_LATE = (
    '<b class="is-failed">{{ row.current.received_at|date:"H:i" }}</b> <span class="mo-st is-failed">'
    "{{ row.current.received_at|timesince }}</span>"
)
_CHANGES = (
    "{% if row.before or row.after %}<table class='mo-diff'><tbody>{% for key, value in row.after.items %}"
    "<tr><th scope='row'>{{ key }}</th><td></td><td>{{ value }}</td></tr>{% endfor %}</tbody></table>{% endif %}"
)
_ABOUT = (
    "<a href='?subject={{ row.subject_type }}'>{{ row.subject_type }}{{ row.table_name }} {{ row.subject_id }}{{ row.row_id }}</a>"
    " <a class='mo-s' href='?number={{ row.subject_id }}'>{% translate \"history\" %}</a>"
)
_ACTS = (
    "<button class='mo-btn is-small' form='batch' formaction='{% url \"control:notice_open\" row.id %}'>"
    "{% translate \"See the ground\" %}</button> <button class='mo-btn is-quiet' form='batch' name='only' value='{{ row.id }}'"
    ' formaction=\'{% url "control:notices_finish" %}\'>{% translate "Done" %}</button>'
)
# A cell for each column that our list shows, in its order.
CELLS: dict[str, tuple[str, ...]] = {
    "accounts": (
        "<a href='{% url \"accounts:account\" row.id %}'>{{ row.bank_code }} {{ row.number|slice:\"-4:\" }}</a> {{ row.nickname }}",
        "{{ row.unit.name }}", "{{ row.kind }}", "",
        "<a data-why href='{% url \"control:why\" \"balance\" %}?account={{ row.id }}'>{{ row.current.balance_minor|intcomma }}</a>",
        "{{ row.current.balance_minor|intcomma }}", '{{ row.current.day|date:"n/j" }}', _LATE, "0",
    ),
    "audit": (
        '{{ row.recorded_at|date:"n/j H:i:s" }}', "{{ row.actor_name }}{{ row.database_user }} {{ row.channel }}",
        "{{ row.code }}{{ row.change }}", _ABOUT, _CHANGES,
    ),
    "notices": (
        "{{ row.made_at" + _MOMENT, _STATE + " {{ row.kind }}", "{% for key, value in row.facts.items %}{{ key }}: {{ value }} {% endfor %}", _ACTS,
    ),
    "jobs": (
        "{{ row.id|intcomma }}", "{{ row.args.work }}", "{{ row.who }}", "{{ row.filed" + _MOMENT, "{{ row.changed" + _MOMENT,
        "{{ row.attempts }}", "", _STATE,
    ),
    "documents": (
        "<a href='{% url \"control:document\" row.id %}'>{{ row.name }}</a>", "{{ row.kind }}", "{{ row.size_bytes|filesizeformat }}",
        "{{ row.person.name }}", "{{ row.recorded_at" + _MOMENT, '{{ row.retain_until|date:"Y-m-d" }}', _STATE,
    ),
    "imports": (
        "{{ row.received_at" + _MOMENT,
        "<a href='{% url \"accounts:imported\" row.id %}'>{{ row.name }}</a> <span class='mo-3'>{{ row.format }} · {{ row.profile }} ·"
        " {{ row.encoding }} · {{ row.size_bytes|filesizeformat }}</span>",
        "{{ row.accounts|join:', ' }}", '{{ row.from_date|date:"n/j" }} – {{ row.to_date|date:"n/j" }}',
        "{{ row.entries_new|intcomma }}", "{{ row.entries_known|intcomma }}", _STATE, "{{ row.person.name }}",
    ),
    "persons": (
        "<a href='{% url \"control:person\" row.id %}'>{{ row.name }}</a> <span>{{ row.title }} {{ row.signs_in.login }}</span>", _STATE,
        "{% for one in row.assignments.all %}{{ one.role.name }} ({{ one.unit.name|default:\"—\" }}) {% endfor %}",
        "{{ row.signs_in.last_login" + _MOMENT, "{% if row.has_app or row.passkeys %}{{ row.passkeys }}{% else %}{% translate \"none\" %}{% endif %}",
    ),
    "vouchers": (
        '{{ row.business_date|date:"n/j" }}', "{{ row.id }}",
        "<a href='{% url \"ledger:voucher_row\" row.id %}'>{{ row.memo }}</a>", "{{ row.amount|intcomma }}", "{{ row.currency }}",
        "{{ row.origin }}", "{{ row.maker.name }}", _STATE,
    ),
}  # fmt: skip

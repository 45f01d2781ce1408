"""Pages compiled with their components written out: a call of a macro costs as much as ten lines of a template, and a table makes hundreds.

Where a template says `{{ ui.link(…) }}` or `{% call ui.cell(…) %}…{% endcall %}`, the body of the macro is put in the place of the
call when the template is compiled, with its arguments; what these decide (no icon, no attributes) is decided then, once. Texts
of one language are put in their place too. The macros remain the only source of components: whatever this cannot write out, it
leaves as the call that it was (docs/decisions/0097).
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from jinja2 import Environment, nodes
from jinja2.visitor import NodeTransformer
from markupsafe import escape

INDEX = "ui/components.html"


class NotWritten(Exception):
    """This call cannot be written out."""


@dataclass
class Source:
    """A file of components: its macros, the constants beside them, and what it borrows from other files (name → file, name)."""

    macros: dict[str, nodes.Macro] = field(default_factory=dict)
    constants: dict[str, nodes.Expr] = field(default_factory=dict)
    borrowed: dict[str, tuple[str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Component:
    macro: nodes.Macro
    file: str


class Library:
    """The components of `ui/components.html`, by the name they have there."""

    def __init__(self, env: Environment) -> None:
        self.env = env
        self._sources: dict[str, Source] = {}
        tree = self._tree(INDEX)
        files = {one.target: one.template.value for one in tree.find_all(nodes.Import)}  # type: ignore[attr-defined]
        self._index = {
            one.target.name: (files[one.node.node.name], one.node.attr)  # type: ignore[attr-defined]
            for one in tree.find_all(nodes.Assign)
        }

    def get(self, name: str) -> Component | None:
        return self.find(*self._index[name]) if name in self._index else None

    def source(self, file: str) -> Source:
        if file not in self._sources:
            self._sources[file] = self._read(file)
        return self._sources[file]

    def find(self, file: str, name: str) -> Component | None:
        """The macro that a file of components calls so, its own or another's."""
        source = self.source(file)
        if name in source.borrowed:
            return self.find(*source.borrowed[name])
        return Component(source.macros[name], file) if name in source.macros else None

    def _tree(self, file: str) -> nodes.Template:
        return self.env.parse(self.env.loader.get_source(self.env, file)[0])  # type: ignore[union-attr]

    def _read(self, file: str) -> Source:
        found = Source()
        for one in self._tree(file).body:
            if isinstance(one, nodes.Macro):
                found.macros[one.name] = one
            elif isinstance(one, nodes.Assign) and isinstance(one.target, nodes.Name):
                found.constants[one.target.name] = one.node  # type: ignore[assignment]
            elif isinstance(one, nodes.FromImport):
                for name in one.names:
                    own, called = name if isinstance(name, tuple) else (name, name)
                    found.borrowed[called] = (one.template.value, own)  # type: ignore[attr-defined]
        return found


class Inliner(NodeTransformer):
    """Writes out the components of one template; `says` gives the text of the one language, where there is one."""

    def __init__(self, library: Library, says: Callable[[str], Any] | None) -> None:
        self.library = library
        self.says = says
        self.numbers = count(1)

    def visit_Call(self, node: nodes.Call) -> nodes.Node:  # noqa: N802 - the name that the visitor looks for
        self.generic_visit(node)
        return self.said(node)

    def said(self, node: nodes.Call) -> nodes.Expr:
        """The text itself, for `_("…")` with nothing to put into it."""
        named = isinstance(node.node, nodes.Name) and node.node.name == "_"
        plain = len(node.args) == 1 and not (node.kwargs or node.dyn_args or node.dyn_kwargs)
        if self.says and named and plain and isinstance(node.args[0], nodes.Const):
            text = self.says(node.args[0].value)
            # Jinja forgets that a constant is markup when it joins it to another: where that would show, it is asked each time.
            if escape(str(text)) == text:
                return nodes.Const(text, lineno=node.lineno)
        return node

    def visit_Output(self, node: nodes.Output) -> list[nodes.Node]:  # noqa: N802
        self.generic_visit(node)
        return list(joined(self._parts(node), node.lineno))

    def _parts(self, node: nodes.Output) -> "Iterator[nodes.Node]":
        for one in node.nodes:
            component = self._component(one)
            try:
                yield from Writer(self, component, one).written() if component else [one]  # type: ignore[arg-type]
            except NotWritten:
                yield one

    def visit_CallBlock(self, node: nodes.CallBlock) -> nodes.Node | list[nodes.Node]:  # noqa: N802
        self.generic_visit(node)
        component = self._component(node.call)
        if component is None or node.defaults:
            return node
        try:
            return list(joined(Writer(self, component, node.call, node).written(), node.lineno))
        except NotWritten:
            return node

    def _component(self, node: nodes.Node) -> Component | None:
        """The component that `ui.name(…)` calls."""
        if not (isinstance(node, nodes.Call) and isinstance(node.node, nodes.Getattr)):
            return None
        owner = node.node.node
        return (
            self.library.get(node.node.attr) if isinstance(owner, nodes.Name) and owner.name == "ui" else None
        )


def joined(parts: "Iterable[nodes.Node]", line: int) -> "Iterator[nodes.Node]":
    """Expressions that follow one another, as one output; statements between them as they are."""
    together: list[nodes.Expr] = []
    for one in parts:
        if isinstance(one, nodes.Expr):
            together.append(one)
            continue
        if together:
            yield nodes.Output(together, lineno=line)
        together = []
        yield one
    if together:
        yield nodes.Output(together, lineno=line)


class Writer:
    """One call written out: statements, and the expressions to be shown between them."""

    def __init__(
        self, inliner: Inliner, component: Component, call: nodes.Call, block: nodes.CallBlock | None = None
    ) -> None:
        self.inliner = inliner
        self.component = component
        self.call = call
        self.block = block
        self.source = inliner.library.source(component.file)
        self.evaluated = nodes.EvalContext(inliner.library.env)
        self.number = next(inliner.numbers)
        self.own: set[str] = set()
        # What each parameter or constant stands for.
        self.values: dict[str, nodes.Expr] = {}
        self.bound: dict[str, nodes.Expr] = {}

    def written(self) -> list[nodes.Node]:
        given = self._given()
        for name, value in given.items():
            if self._constant(value):
                self.values[name] = value
            else:
                self.bound[name] = value
        self.own |= set(self.bound)
        body = list(self._statements(self.component.macro.body, top=True))
        used = [name.name for one in body for name in _names(one)]
        once = {name for name in self.bound if used.count(self._called(name)) < 2}
        if once and not any(isinstance(one, nodes.For) or one.find(nodes.For) for one in body):
            return self._again(given, once)
        return self._scoped(body)

    def _again(self, given: dict[str, nodes.Expr], once: set[str]) -> list[nodes.Node]:
        """Written anew, the arguments that are said once in their very places."""
        self.values = {name: value for name, value in given.items() if name in once or self._constant(value)}
        self.bound = {name: value for name, value in self.bound.items() if name not in once}
        self.own = set(self.bound)
        return self._scoped(list(self._statements(self.component.macro.body, top=True)))

    def _scoped(self, body: list[nodes.Node]) -> list[nodes.Node]:
        """What is set inside stays inside, as in a macro."""
        sets = any(isinstance(one, nodes.Assign | nodes.AssignBlock) for one in body)
        if not self.bound and not sets:
            return body
        line = self.call.lineno
        targets = [nodes.Name(self._called(name), "store", lineno=line) for name in self.bound]
        return [nodes.With(targets, list(self.bound.values()), list(joined(body, line)), lineno=line)]

    def _given(self) -> dict[str, nodes.Expr]:
        """The arguments of the call, and the defaults of the others."""
        macro, call = self.component.macro, self.call
        if call.dyn_args or call.dyn_kwargs or len(call.args) > len(macro.args):
            raise NotWritten
        names = [one.name for one in macro.args]
        given: dict[str, nodes.Expr] = dict(zip(names[::-1], macro.defaults[::-1], strict=False))
        given |= dict(zip(names, call.args, strict=False)) | {one.key: one.value for one in call.kwargs}
        if set(given) != set(names):
            raise NotWritten
        return {name: given[name] for name in names}

    def _constant(self, node: nodes.Expr) -> bool:
        try:
            node.as_const(self.evaluated)
        except nodes.Impossible:
            return False
        return True

    def _called(self, name: str) -> str:
        """The name that a variable of the macro has here: nobody else's."""
        return f"_{self.number}_{name}"

    # Statements

    def _statements(self, body: "Iterable[nodes.Node]", *, top: bool = False) -> "Iterator[nodes.Node]":
        for one in body:
            match one:
                case nodes.Output():
                    for child in one.nodes:
                        yield from self._shown(child)
                case nodes.If():
                    yield from self._if(one, top=top)
                case nodes.Assign():
                    yield from self._assign(one, top=top)
                case nodes.For() if not one.recursive and one.test is None:
                    yield self._for(one)
                case _:
                    raise NotWritten

    def _block(self, body: "Iterable[nodes.Node]") -> list[nodes.Node]:
        return list(joined(self._statements(body), self.call.lineno))

    def _if(self, node: nodes.If, *, top: bool) -> "Iterator[nodes.Node]":
        test = self._expression(node.test)
        if self._constant(test):
            if test.as_const(self.evaluated):
                yield from self._statements(node.body, top=top)
            elif node.elif_:
                first, *others = node.elif_
                yield from self._if(nodes.If(first.test, first.body, others, node.else_), top=top)
            else:
                yield from self._statements(node.else_, top=top)
            return
        others = [
            nodes.If(self._expression(one.test), self._block(one.body), [], [], lineno=self.call.lineno)
            for one in node.elif_
        ]
        yield nodes.If(test, self._block(node.body), others, self._block(node.else_), lineno=self.call.lineno)

    def _assign(self, node: nodes.Assign, *, top: bool) -> "Iterator[nodes.Node]":
        value = self._expression(node.node)
        names = [one.name for one in _names(node.target)]
        if self.values.keys() & names:
            raise NotWritten
        if top and isinstance(node.target, nodes.Name) and self._constant(value):
            self.values[node.target.name] = value
            return
        self.own |= set(names)
        yield nodes.Assign(self._expression(node.target), value, lineno=self.call.lineno)

    def _for(self, node: nodes.For) -> nodes.For:
        if self.block and any(one.name == "loop" for part in self.block.body for one in _free(part)):
            raise NotWritten
        rows = self._expression(node.iter)
        self.own |= {one.name for one in _names(node.target)}
        target = self._expression(node.target)
        body, empty, recursive = self._block(node.body), self._block(node.else_), False
        return nodes.For(target, rows, body, empty, None, recursive, lineno=self.call.lineno)

    def _shown(self, node: nodes.Expr) -> "Iterator[nodes.Node]":
        if isinstance(node, nodes.Call) and isinstance(node.node, nodes.Name):
            if node.node.name == "caller":
                yield from self._called_back(node)
                return
            macro = self.inliner.library.find(self.component.file, node.node.name)
            if macro:
                call: Any = self._copy(node, skip=node.node)
                yield from Writer(self.inliner, macro, call).written()
                return
        yield self._expression(node)

    def _called_back(self, call: nodes.Call) -> "Iterator[nodes.Node]":
        """What stands between `{% call %}` and `{% endcall %}`, with what the macro gives it."""
        if self.block is None or len(call.args) != len(self.block.args) or call.kwargs:
            raise NotWritten
        values = [self._expression(one) for one in call.args]
        sets = any(isinstance(one, nodes.Assign | nodes.AssignBlock) for one in self.block.body)
        body = [_cloned(one) for one in self.block.body]
        if not values and not sets:
            for one in body:
                yield from one.nodes if isinstance(one, nodes.Output) else [one]
            return
        targets: list[Any] = [nodes.Name(one.name, "store", lineno=call.lineno) for one in self.block.args]
        yield nodes.With(targets, values, body, lineno=self.call.lineno)

    # Expressions

    def _expression(self, node: nodes.Node) -> nodes.Expr:
        copied: Any = self._copy(node)
        return self.inliner.said(copied) if isinstance(copied, nodes.Call) else copied

    def _copy(self, node: nodes.Node, skip: nodes.Node | None = None) -> nodes.Node:
        if node is skip:
            return node
        if isinstance(node, nodes.Name):
            return self._name(node)
        copied = _rebuilt(node, lambda one: self._copy(one, skip))
        if isinstance(copied, nodes.Call):
            return self.inliner.said(copied)
        if isinstance(copied, nodes.CondExpr) and self._constant(copied.test):
            chosen = copied.expr1 if copied.test.as_const(self.evaluated) else copied.expr2
            return chosen or nodes.Const("")
        return copied

    def _name(self, node: nodes.Name) -> nodes.Node:
        if node.name in self.values:
            return _cloned(self.values[node.name])
        if node.name in self.own:
            return nodes.Name(self._called(node.name), node.ctx, lineno=self.call.lineno)
        if node.name in self.source.constants:
            return _cloned(self.source.constants[node.name])
        if node.name == "loop" or node.name in self.inliner.library.env.globals:
            return nodes.Name(node.name, node.ctx, lineno=self.call.lineno)
        raise NotWritten


def _rebuilt(node: nodes.Node, build: "Callable[[nodes.Node], nodes.Node]") -> nodes.Node:
    """A node like this one, each node below it being what `build` makes of it."""
    fields = []
    for name in node.fields:
        value = getattr(node, name)
        if isinstance(value, list):
            value = [build(one) if isinstance(one, nodes.Node) else one for one in value]
        elif isinstance(value, nodes.Node):
            value = build(value)
        fields.append(value)
    return type(node)(*fields, lineno=node.lineno)


def _cloned(node: nodes.Node) -> Any:
    return _rebuilt(node, _cloned)


def _names(node: nodes.Node) -> "Iterator[nodes.Name]":
    if isinstance(node, nodes.Name):
        yield node
    yield from node.find_all(nodes.Name)


def _free(node: nodes.Node) -> "Iterator[nodes.Name]":
    """The names that are said outside of every loop."""
    if isinstance(node, nodes.Name):
        yield node
    elif not isinstance(node, nodes.For):
        for one in node.iter_child_nodes():
            yield from _free(one)


class InliningEnvironment(Environment):
    """Jinja's, whose templates are written out before they become Python; where someone edits them, they are left as they are."""

    library: Library | None = None
    says: Callable[[str], Any] | None = None

    def _generate(self, source: nodes.Template, *args: Any, **kwargs: Any) -> str:
        if not self.auto_reload and self.loader:
            if self.library is None:
                self.library = Library(self)
            source = Inliner(self.library, self.says).visit(source)
            source.set_environment(self)
        return super()._generate(source, *args, **kwargs)

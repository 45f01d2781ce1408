"""Each small way in which the rules of a module may be wrong, one at a time."""

import ast
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass

# Not read: what only types or tools look at.
LEFT_OUT = {"annotation", "returns", "decorator_list"}
# Calls that take as many conditions as one likes: each may be forgotten.
VARIADIC = {"holds", "schools_as", "filter", "Q"}
COMPARISONS: dict[type, tuple[type, ...]] = {
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
}
OPERATORS = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Add,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
}
NAMES = {"min": "max", "max": "min", "any": "all", "all": "any"}
WORDS = {True: False, False: True, None: True}


@dataclass(frozen=True)
class Mutant:
    """One function or named value of a module, wrong in one place."""

    path: str
    line: int
    source: str
    change: str
    statement: ast.stmt

    @property
    def key(self) -> str:
        """What names it in the list of the reviewed: no line number, which moves."""
        return f"{self.path}: {self.source}: {self.change}"


def without(node: ast.AST, field: str, *beside: str) -> Iterator[tuple[ast.AST, ast.AST]]:
    """The node with one fewer of what `field` holds (and of the lists beside it), and what is gone."""
    for number, gone in enumerate(getattr(node, field)):
        less = deepcopy(node)
        for name in (field, *beside):
            del getattr(less, name)[number]
        if isinstance(less, ast.BoolOp) and len(less.values) == 1:
            less = less.values[0]
        yield less, gone


def shorter(node: ast.AST) -> Iterator[tuple[ast.AST, ast.AST]]:
    match node:
        case ast.BoolOp():
            yield from without(node, "values")
        case ast.Set() | ast.List() | ast.Tuple(ctx=ast.Load()):
            yield from without(node, "elts")
        case ast.Dict():
            yield from without(node, "keys", "values")
        case ast.Call(func=ast.Name(name) | ast.Attribute(attr=name)) if name in VARIADIC:
            yield from without(node, "args")
            yield from without(node, "keywords")


def other(node: ast.AST) -> Iterator[ast.AST]:
    match node:
        case ast.Compare(left, [asked], [right]):
            yield from (ast.Compare(left, [op()], [right]) for op in COMPARISONS[type(asked)])
        case ast.BoolOp(word, values):
            yield ast.BoolOp(ast.Or() if isinstance(word, ast.And) else ast.And(), values)
        case ast.UnaryOp(ast.Not(), operand):
            yield operand
        case ast.BinOp(left, sign, right) if type(sign) in OPERATORS:
            yield ast.BinOp(left, OPERATORS[type(sign)](), right)
        case ast.Constant(value) if value is None or isinstance(value, bool):
            yield ast.Constant(WORDS[value])
        case ast.Constant(int(value)):
            yield from (ast.Constant(value + 1), ast.Constant(value - 1))
        case ast.Name(name) if name in NAMES:
            yield ast.Name(NAMES[name], ast.Load())


def parts(node: ast.AST, is_rule: bool) -> Iterator[tuple[ast.AST, bool]]:
    """Every node in a fixed order, and whether it decides."""
    for name, value in ast.iter_fields(node):
        decides = name in {"test", "ifs"} or (is_rule and isinstance(node, ast.Return))
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and name not in LEFT_OUT:
                yield child, decides
                yield from parts(child, is_rule)


def put(new: ast.AST, old: ast.AST, inside: ast.AST) -> None:
    for parent in ast.walk(inside):
        for name, value in ast.iter_fields(parent):
            if value is old:
                setattr(parent, name, new)
            elif isinstance(value, list):
                setattr(parent, name, [new if child is old else child for child in value])


def decisions(tree: ast.Module) -> Iterator[ast.stmt]:
    """The functions and the named values of a module; not its classes, which only say shapes."""
    for statement in tree.body:
        named = isinstance(statement, ast.Assign) and not ast.unparse(statement.targets[0]).startswith("__")
        if named or isinstance(statement, ast.FunctionDef):
            yield statement


def mutants_of(path: str, source: str) -> Iterator[Mutant]:
    lines = source.splitlines()
    for statement in decisions(ast.parse(source)):
        is_rule = (
            isinstance(statement, ast.FunctionDef) and ast.unparse(statement.returns or statement) == "bool"
        )
        seen = {ast.unparse(statement)}
        for number, (node, decides) in enumerate(parts(statement, is_rule)):
            always: list[ast.AST] = [ast.Constant(True), ast.Constant(False)] if decides else []
            changes = [
                (new, node, f"{ast.unparse(node)} → {ast.unparse(new)}") for new in (*always, *other(node))
            ]
            changes += [(new, gone, f"without {ast.unparse(gone)}") for new, gone in shorter(node)]
            for new, place, change in changes:
                changed = deepcopy(statement)
                put(new, list(parts(changed, is_rule))[number][0], changed)
                if (text := ast.unparse(changed)) not in seen:
                    seen.add(text)
                    yield Mutant(path, place.lineno, lines[place.lineno - 1].strip(), change, changed)

"""What a template says alike each time is put into it when it is compiled: words, addresses.

An environment has one language, so `_("…")` without a variable is as constant as the tags around
it. Jinja's generator of code asks what of an output is (`Environment.code_generator_class`).
"""

from collections.abc import Iterable

from jinja2 import nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.runtime import new_context
from markupsafe import escape

_ALWAYS_ALIKE = frozenset({"_", "pgettext", "static"})


class ConstantWords(CodeGenerator):
    """Generates the code of templates with their constant words in it."""

    def _output_child_to_const(
        self, node: nodes.Expr, frame: Frame, finalize: CodeGenerator._FinalizeInfo
    ) -> str:
        if isinstance(node, nodes.Call):
            return self._answer(node, frame)
        return super()._output_child_to_const(node, frame, finalize)

    def _output_const_repr(self, group: Iterable[str]) -> str:
        return repr(self.environment.concat(map(str, group)))

    def _answer(self, call: nodes.Call, frame: Frame) -> str:
        """Ask now what would be asked each time; raises `Impossible` where that may differ."""
        asked = call.node
        if not (isinstance(asked, nodes.Name) and asked.name in _ALWAYS_ALIKE):
            raise nodes.Impossible
        if call.kwargs or call.dyn_args or call.dyn_kwargs:
            raise nodes.Impossible
        told = [argument.as_const(frame.eval_ctx) for argument in call.args]
        context = new_context(self.environment, None, {}, globals=self.environment.globals)
        return escape(context.call(context.resolve(asked.name), *told))

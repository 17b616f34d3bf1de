"""What all nodes for neighbours without ROS share: news of the cell in, a link to them out."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from rclpy.timer import Timer

from factory_perception.nodes.cell_news import CellNews, NewsHandlers
from factory_perception.nodes.parameter_table import NodeParameters, parameter
from factory_perception.nodes.perception_node import PerceptionNode
from factory_perception.page.facts import Health
from factory_perception.vision.tally import Counts, PartVerdict

HEALTH_PERIOD_S = 1.0


@dataclass(frozen=True)
class NeighbourParameters(NodeParameters):
    """What can be set on every one of them."""

    cameras: list[str] = parameter(
        [''], 'Names of the cameras, as for the detector; empty for a single one.'
    )
    defects: list[str] = parameter(
        [''], 'Classes that are defects; empty: those that the detector reports with its model.'
    )


class Link(Protocol):
    """A connection to a neighbour."""

    def close(self) -> None:
        """End it."""


Values = TypeVar('Values', bound=NeighbourParameters)
Ours = TypeVar('Ours', bound=Link)


class NeighbourNode(PerceptionNode[Values], Generic[Values, Ours]):
    """Opens its link when it is activated, passes news on, and closes it again."""

    def __init__(self, name: str, **options: Any) -> None:
        self._link: Ours | None = None
        self._news: CellNews | None = None
        self._timer: Timer | None = None
        super().__init__(name, **options)

    @abstractmethod
    def open_link(self) -> Ours:
        """Reach the neighbour.

        Raises:
            NeighbourError, ValueError: it cannot be reached that way; the text says why.
        """

    @abstractmethod
    def tell_parts(self, camera: str, verdicts: list[PartVerdict], counts: Counts) -> None:
        """Pass on which parts have just left the picture."""

    @abstractmethod
    def tell_event(self, text: str) -> None:
        """Pass on an event, as JSON."""

    @abstractmethod
    def tell_health(self, worst: Health) -> None:
        """Pass on the worst status; once a second."""

    @property
    def link(self) -> Ours:
        """Give the open link."""
        assert self._link is not None, 'news come only while the node is active'
        return self._link

    def activate(self) -> None:
        """Open the link and listen."""
        self._link = self.open_link()
        handlers = NewsHandlers(self.tell_parts, self.tell_event)
        news = CellNews(self, self.values.cameras, self.values.defects, handlers)
        self._news = news
        self._timer = self.create_timer(HEALTH_PERIOD_S, lambda: self.tell_health(news.worst()))

    def deactivate(self) -> None:
        """Stop listening and close the link."""
        if self._timer is not None:
            self.destroy_timer(self._timer)
            self._timer = None
        if self._news is not None:
            self._news.close()
            self._news = None
        if self._link is not None:
            self._link.close()
            self._link = None

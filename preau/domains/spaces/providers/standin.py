"""What stands in for a server of meetings, in the demonstration and the tests: its room is a page of ours that says so."""

from django.urls import reverse

from preau.domains.spaces.providers import Guest, Room


class StandIn:
    """Opens nothing, and leads to a page that says where a real room would be."""

    def create(self, room: Room) -> None:
        pass

    def join_address(self, room: Room, guest: Guest) -> str:
        return reverse("spaces:stand_in")

    def end(self, room: Room) -> None:
        pass

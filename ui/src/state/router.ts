// The rooms of the window and their addresses.
import { createRouter, createWebHashHistory } from "vue-router";

import BulkPage from "@/pages/bulk/BulkPage.vue";
import ChangePage from "@/pages/bulk/ChangePage.vue";
import CasesPage from "@/pages/cases/CasesPage.vue";
import DerivedPage from "@/pages/derived/DerivedPage.vue";
import ExchangePage from "@/pages/exchange/ExchangePage.vue";
import OfferPage from "@/pages/exchange/OfferPage.vue";
import FindingsPage from "@/pages/findings/FindingsPage.vue";
import ImportPage from "@/pages/import/ImportPage.vue";
import NumbersPage from "@/pages/numbers/NumbersPage.vue";
import PrintPage from "@/pages/print/PrintPage.vue";
import RegisterPage from "@/pages/registers/RegisterPage.vue";
import RegistersPage from "@/pages/registers/RegistersPage.vue";
import RolloverPage from "@/pages/rollover/RolloverPage.vue";
import RollPage from "@/pages/roll/RollPage.vue";
import EditPage from "@/pages/rows/EditPage.vue";
import RowPage from "@/pages/rows/RowPage.vue";
import SettingsPage from "@/pages/settings/SettingsPage.vue";
import StudentsPage from "@/pages/students/StudentsPage.vue";
import TodayPage from "@/pages/today/TodayPage.vue";
import VisitsPage from "@/pages/visits/VisitsPage.vue";

export const router = createRouter({
  history: createWebHashHistory(),
  routes: [
    { path: "/", redirect: "/today" },
    { path: "/today", component: TodayPage, meta: { room: "today" } },
    { path: "/students", component: StudentsPage, meta: { room: "students" } },
    { path: "/import", component: ImportPage, meta: { room: "students" } },
    { path: "/visits", component: VisitsPage, meta: { room: "visits" } },
    { path: "/cases", component: CasesPage, meta: { room: "cases" } },
    { path: "/registers", component: RegistersPage, meta: { room: "registers" } },
    { path: "/registers/:form", component: RegisterPage, props: true, meta: { room: "registers" } },
    { path: "/derived/:part?", component: DerivedPage, props: true, meta: { room: "registers" } },
    { path: "/bulk/:form", component: BulkPage, props: true },
    { path: "/change/:form", component: ChangePage, props: true },
    { path: "/findings", component: FindingsPage, meta: { room: "students" } },
    { path: "/rollover", component: RolloverPage, meta: { room: "students" } },
    { path: "/roll/:part?", component: RollPage, props: true, meta: { room: "roll" } },
    { path: "/numbers/:part?", component: NumbersPage, props: true, meta: { room: "numbers" } },
    { path: "/exchange/:part?", component: ExchangePage, props: true, meta: { room: "exchange" } },
    { path: "/hand-over/:student", component: OfferPage, props: true, meta: { room: "students" } },
    { path: "/print", component: PrintPage, meta: { room: "print" } },
    { path: "/settings", component: SettingsPage, meta: { room: "settings" } },
    { path: "/row/:record/:id", component: RowPage, props: true },
    { path: "/new/:record", component: EditPage, props: true },
    { path: "/edit/:record/:id", component: EditPage, props: true },
  ],
});
